import Evidence
import Portal
import Testing

struct AlertBookTests {
    private static let hour: Int64 = 3_600_000
    private let disk = Alert(code: "storage-7", words: Bilingual("disk", "磁盘"))
    private let slot = Alert(code: "slot-1", words: Bilingual("slot", "卡位"))

    private func time(_ hours: Int64) -> Timestamp { Timestamp(milliseconds: hours * Self.hour) }

    @Test("What is new is told once, again after four hours, and when it is over")
    func life() {
        var book = AlertBook()
        let said1 = book.look([disk], at: time(0))
        #expect(said1.map(\.step) == [.raised])
        let said2 = book.look([disk], at: time(3))
        #expect(said2.isEmpty)
        let again = book.look([disk, slot], at: time(4))
        #expect(again.map(\.step) == [.repeated, .raised])
        #expect(again.map(\.alert) == [disk, slot])
        #expect(again.first?.since == time(0))
        #expect(book.standing.map(\.alert.code) == ["storage-7", "slot-1"])
        let over = book.look([slot], at: time(5))
        #expect(over.map(\.step) == [.over])
        #expect(over.map(\.alert) == [disk])
        let said3 = book.look([disk, slot], at: time(6))
        #expect(said3.map(\.step) == [.raised])
    }

    @Test("What somebody takes up is not told again while it lasts, and anew when it comes back")
    func taken() {
        var book = AlertBook()
        _ = book.look([disk], at: time(0))
        let isKnown = book.acknowledge("storage-7", by: "account:s1")
        let isUnknown = !book.acknowledge("nothing", by: "account:s1")
        #expect(isKnown && isUnknown)
        let said4 = book.look([disk], at: time(40))
        #expect(said4.isEmpty)
        #expect(book.standing.first?.acknowledgedBy == "account:s1")
        let said5 = book.look([], at: time(41))
        #expect(said5.map(\.step) == [.over])
        let said6 = book.look([disk], at: time(42))
        #expect(said6.map(\.step) == [.raised])
        #expect(book.standing.first?.acknowledgedBy == nil)
    }

    @Test("What changes is shown as it is now; what becomes worse is told at once, taken up or not")
    func worse() {
        var book = AlertBook()
        _ = book.look([disk], at: time(0))
        _ = book.acknowledge("storage-7", by: "account:s1")
        let same = Alert(code: "storage-7", words: Bilingual("disk, 6", "磁盘 6"))
        let quiet = book.look([same], at: time(1))
        #expect(quiet.isEmpty)
        #expect(book.standing.first?.alert == same)
        #expect(book.standing.first?.acknowledgedBy != nil)
        let worse = Alert(code: "storage-7", words: Bilingual("disk, 2", "磁盘 2"), level: 1)
        let told = book.look([worse], at: time(2))
        #expect(told.map(\.step) == [.raised])
        #expect(book.standing.first?.acknowledgedBy == nil)
        #expect(book.standing.first?.since == time(0))
    }

    @Test("What is told names what it is and since when")
    func told() {
        var book = AlertBook()
        let message = book.look([disk], at: time(0)).first
        #expect(message?.json[key: "alert"]?.stringValue == "storage-7")
        #expect(message?.json[key: "step"]?.stringValue == "raised")
        #expect(message?.json[key: "zh"]?.stringValue == "磁盘")
    }
}
