@testable import Portal
import Testing

struct FormTests {
    @Test(
        "Fields are what the browser was given",
        arguments: [
            ("", [:]), ("a=1", ["a": "1"]), ("a=1&b=2", ["a": "1", "b": "2"]),
            ("a=x+y%26%3D%2B", ["a": "x y&=+"]),
            ("n=%E9%97%BD0602", ["n": "闽0602"]), ("a", ["a": ""]), ("a=", ["a": ""]),
            ("a=1=2", ["a": "1=2"]), ("%61=1", ["a": "1"]), ("a=%", ["a": "%"]),
            ("a=%4", ["a": "%4"]), ("a=%zz", ["a": "%zz"]), ("&&a=1&", ["a": "1"]),
            ("a=%ff", ["a": "\u{fffd}"]), ("a=%+1", ["a": "% 1"]),
        ] as [(String, [String: String])])
    func fields(text: String, fields: [String: String]) {
        #expect(Form.fields(of: text) == fields)
    }
}

struct AddressListTests {
    @Test("Addresses and nets, of both families")
    func contains() throws {
        let list = try #require(AddressList(["10.1.0.0/16", "192.168.7.9", "fd00::/8", "::1"]))
        for address in [
            "10.1.2.3", "192.168.7.9", "fd12::1", "::1", "::ffff:10.1.255.1", "0:0:0:0:0:0:0:1",
        ] { #expect(list.contains(address), "\(address)") }
        for address in [
            "10.2.0.1", "192.168.7.8", "fe80::1", "::2", "::ffff:10.2.0.1", "", "x", "10.1.2.3.4",
            "10.1.2.3 ",
        ] { #expect(!list.contains(address), "\(address)") }
    }

    @Test("A net of no bits is everybody of its family")
    func everybody() throws {
        let list = try #require(AddressList(["0.0.0.0/0"]))
        #expect(list.contains("203.0.113.7") && !list.contains("2001:db8::1"))
    }

    @Test(
        "What is no address is refused",
        arguments: [
            "", "10.1", "10.1.2.3/33", "::/129", "10.1.2.3/-1", "10.1.2.3/", "host", "1/2/3",
        ])
    func refuses(text: String) { #expect(AddressList([text]) == nil) }

    @Test("This machine")
    func loopback() {
        #expect(AddressList.loopback.contains("127.0.0.1"))
        #expect(AddressList.loopback.contains("127.9.9.9"))
        #expect(AddressList.loopback.contains("::1"))
        #expect(!AddressList.loopback.contains("10.0.0.1"))
    }
}
