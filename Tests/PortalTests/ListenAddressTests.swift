import Portal
import Testing

struct ListenAddressTests {
    @Test(
        "An address is a host and a port",
        arguments: [
            ("127.0.0.1:8450", "127.0.0.1", 8450), ("[::1]:1", "::1", 1),
            ("localhost:0", "localhost", 0),
            ("station.example:65535", "station.example", 65535),
        ])
    func reads(text: String, host: String, port: Int) throws {
        let address = try #require(ListenAddress(text))
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
    }

    @Test(
        "What is no address is refused",
        arguments: [
            "", ":", "8450", ":8450", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
            "127.0.0.1:1x", "::1:8450", "[127.0.0.1]:1", "[]:1", "a b:1", "a/b:1", "host:０",
            "host:000001",
        ])
    func refuses(text: String) { #expect(ListenAddress(text) == nil) }

    @Test("A socket for a proxy is an address, and this machine's own")
    func socket() throws {
        let address = try #require(ListenAddress("unix:/run/evidock/pages.sock"))
        #expect(address.socket == "/run/evidock/pages.sock")
        #expect(address.isLoopback)
        #expect(address.description == "unix:/run/evidock/pages.sock")
        let long = "unix:/" + String(repeating: "x", count: 107)
        for text in ["unix:", "unix:relative", "unix:/run/", "unix:/a\0b", long] {
            #expect(ListenAddress(text) == nil, "\(text)")
        }
    }

    @Test("Only this machine's own addresses are loopback")
    func loopback() throws {
        for text in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"] {
            #expect(try #require(ListenAddress(text)).isLoopback)
        }
        for text in ["0.0.0.0:1", "[::]:1", "127.example:1", "127.0.0.1.example:1", "10.0.0.1:1"] {
            #expect(try !#require(ListenAddress(text)).isLoopback)
        }
    }
}
