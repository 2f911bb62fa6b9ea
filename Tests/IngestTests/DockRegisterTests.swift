import Evidence
import Ingest
import Testing

@Suite("The dock's register")
struct DockRegisterTests {
    private func volume(_ name: String, device: String = "8:1") -> Volume {
        Volume(
            mountPoint: "/run/evidock/docks/" + name, source: "/dev/" + name, fileSystem: "vfat",
            isReadOnly: true, isFolder: false, label: nil, serial: nil, device: device)
    }

    @Test("A volume that was there at the start is docked")
    func atStart() {
        var register = DockRegister(limit: 8)
        #expect(register.see([volume("a")]) == [.start(volume("a"))])
        #expect(register.see([volume("a")]).isEmpty)
    }

    @Test("No more volumes than the limit are worked on; the next goes on when one ends")
    func limit() {
        var register = DockRegister(limit: 2)
        let all = ["a", "b", "c", "d"].map { volume($0) }
        #expect(
            register.see(all)
                == [.start(all[0]), .start(all[1]), .wait(all[2]), .wait(all[3])])
        #expect(register.finished(all[1]) == [.start(all[2])])
        #expect(register.see(all).isEmpty)
        #expect(register.finished(all[0]) == [.start(all[3])])
    }

    @Test("A volume that goes is gone at once, and its place is free")
    func gone() {
        var register = DockRegister(limit: 1)
        let both = [volume("a"), volume("b")]
        #expect(register.see(both) == [.start(volume("a")), .wait(volume("b"))])
        #expect(register.see([volume("b")]) == [.gone(volume("a")), .start(volume("b"))])
        // The visit of the volume that went ends later: nothing is started twice.
        #expect(register.finished(volume("a")).isEmpty)
    }

    @Test("One that waited and went was never started")
    func wentWhileWaiting() {
        var register = DockRegister(limit: 1)
        _ = register.see([volume("a"), volume("b")])
        #expect(register.see([volume("a")]) == [.gone(volume("b"))])
        #expect(register.finished(volume("a")).isEmpty)
    }

    @Test("Another card in the same slot is another volume")
    func swapped() {
        var register = DockRegister(limit: 8)
        let (first, second) = (volume("a", device: "8:1"), volume("a", device: "8:17"))
        _ = register.see([first])
        // Not before the first one's visit has said its last word.
        #expect(register.see([second]) == [.gone(first)])
        #expect(register.see([second]).isEmpty)
        #expect(register.finished(first) == [.start(second)])
        #expect(register.finished(second).isEmpty)
        #expect(register.see([]) == [.gone(second)])
    }

    @Test("A card that is back before its visit ended is docked again after it")
    func backAtOnce() {
        var register = DockRegister(limit: 8)
        let card = volume("a")
        _ = register.see([card])
        #expect(register.see([]) == [.gone(card)])
        #expect(register.see([card]).isEmpty)
        #expect(register.finished(card) == [.start(card)])
        #expect(register.finished(card).isEmpty)
        #expect(register.see([card]).isEmpty)
    }

    @Test("A card that was done and is docked again is taken again")
    func again() {
        var register = DockRegister(limit: 8)
        _ = register.see([volume("a")])
        _ = register.finished(volume("a"))
        #expect(register.see([volume("a")]).isEmpty)
        #expect(register.see([]) == [.gone(volume("a"))])
        #expect(register.see([volume("a")]) == [.start(volume("a"))])
    }
}

@Suite("The dock's board")
struct DockBoardTests {
    @Test("Bytes moved and the time left are counted for the slot that moves")
    func moves() {
        let board = DockBoard()
        var status = SlotStatus(slot: "a", state: .transferring)
        status.bytesTotal = 100
        board.set(status)
        board.move("a", bytes: 30)
        board.move("b", bytes: 30)
        #expect(board.slots.map(\.slot) == ["a"])
        #expect(board.status(of: "a")?.bytesDone == 30)
        board.update("a") { $0.rate = 10 }
        #expect(board.status(of: "a")?.secondsLeft == 7)
        board.remove("a")
        #expect(board.slots.isEmpty)
    }

    @Test("Two volumes of one name have a slot each; a name is free again when its slot is closed")
    func names() {
        let board = DockBoard()
        func open(_ names: String...) -> String {
            board.open(names) { SlotStatus(slot: $0, state: .recognised) }
        }
        #expect(open("slot1", "/docks/a/slot1") == "slot1")
        #expect(open("slot1", "/docks/b/slot1") == "/docks/b/slot1")
        #expect(open("slot1", "/docks/b/slot1") == "/docks/b/slot1 (2)")
        #expect(open("slot1", "/docks/b/slot1") == "/docks/b/slot1 (3)")
        #expect(board.slots.count == 4)
        board.remove("slot1")
        #expect(open("slot1") == "slot1")
    }

    @Test("What stands still has no rate")
    func rate() {
        var status = SlotStatus(slot: "a", state: .transferring)
        (status.bytesTotal, status.rate) = (100, 10)
        #expect(status.json(in: .english)[key: "rate"]?.integerValue == 10)
        status.state = .mayBeRemoved
        #expect(status.json(in: .english)[key: "rate"]?.integerValue == 0)
        #expect(status.secondsLeft == nil)
    }

    @Test("Every state has its words in both languages")
    func words() {
        for state in SlotStatus.State.allCases {
            let words = SlotStatus(slot: "a", state: state).words
            #expect(!words.english.isEmpty && !words.chinese.isEmpty)
        }
        #expect(SlotStatus(slot: "a", state: .mayBeRemoved).words.chinese == "采集完成，可以取下")
        #expect(SlotStatus(slot: "a", state: .transferring).words.chinese == "正在采集，请勿取下")
    }
}
