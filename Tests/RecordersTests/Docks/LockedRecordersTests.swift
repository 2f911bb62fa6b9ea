import Evidence
import Recorders
import Testing

@Suite struct LockedRecordersTests {
    private func usb(_ card: Card, _ name: String, product: String, kind: [String], block: String?)
        throws
    {
        let devices = "bus/usb/devices/"
        try card.add(devices + name + "/product", product + "\n")
        try card.add(devices + name + "/bDeviceClass", "00\n")
        let interface = devices + name + ":1.0"
        for (file, value) in zip(["Class", "SubClass", "Protocol"], kind) {
            try card.add(interface + "/bInterface" + file, value + "\n")
        }
        if let block {
            try card.add(
                interface + "/host4/target4:0:0/4:0:0:0/block/sdb/size", block + "\n")
        }
    }

    @Test func tellsOfWhatIsPluggedInAndShowsNoVolume() throws {
        let card = try Card()
        try usb(card, "1-1", product: "Card reader", kind: ["08", "06", "50"], block: "62521344")
        try usb(card, "1-2", product: "Body cam", kind: ["08", "06", "50"], block: "0")
        try usb(card, "1-3.1", product: "MTP \u{1b}[31mcam", kind: ["06", "01", "01"], block: nil)
        try usb(card, "1-4", product: "Keyboard", kind: ["03", "01", "01"], block: nil)
        try usb(card, "1-5", product: "Maker's mode", kind: ["ff", "00", "00"], block: nil)
        try usb(card, "1-6", product: "Locked", kind: ["08", "06", "50"], block: nil)
        try usb(card, "usb1", product: "Host", kind: ["09", "00", "00"], block: nil)
        let found = LockedRecorders.find(sysRoot: card.root)
        #expect(found.map(\.bus) == ["1-2", "1-3.1", "1-5", "1-6"])
        #expect(found[0].product == "Body cam")
        #expect(found[0].reason.english.contains("no medium"))
        #expect(found[1].product == "MTP \\u{1b}[31mcam")
        #expect(found[1].reason.english.contains("MTP"))
        #expect(found[3].reason.english.contains("locked"))
    }

    @Test func aSystemWithoutUSBHasNone() {
        #expect(LockedRecorders.find(sysRoot: "/nowhere").isEmpty)
    }
}
