import CLinux
import Custody
import DurableFiles
package import Evidence
package import Fixity
import Glibc
import TransparencyLog
import Vault

/// The station's root on disk: recognised, or made.
package struct RootLayout: Sendable {
    /// The version of the layout that this program writes and reads.
    package static let format = "1"
    static let fileLimit = 64 << 10

    package let path: String
    package let station: StationIdentity

    /// What stands at a path.
    package enum State: Sendable {
        /// Nothing, or an empty directory, or a station whose making was cut off.
        case vacant
        case station(RootLayout)
    }

    /// Looks at a path without touching it.
    ///
    /// - Throws: ``AssemblyFailure`` where something stands there that is no station, one of a
    ///   newer format, or a damaged one; ``DurableFileFailure`` where its disk fails: that is no
    ///   vacant place.
    package static func look(at path: String) throws -> State {
        guard try FileFacts.found(at: path, followsLinks: false) != nil else { return .vacant }
        guard try FileFacts.found(at: path)?.kind == S_IFDIR else {
            throw AssemblyFailure(.notEmpty, subject: path)
        }
        if isClosed(path) { throw closed(path) }
        guard let names = LocalPath.names(in: path) else {
            throw DurableFileFailure(errno: errno, operation: "readdir", place: path)
        }
        guard names.contains("station.json") else {
            let ours: Set<String> = [
                "format", "keys", "log", "vault", "staging", "policy", "cache", "lock",
                "lost+found",
            ]
            guard Set(names).isSubset(of: ours) else {
                throw AssemblyFailure(.notEmpty, subject: path)
            }
            // A station that has sealed anything always has its station.json.
            if let checkpoint = try SmallFile.read(path + "/log/checkpoint", limit: fileLimit),
                !String(decoding: checkpoint, as: UTF8.self).contains("\n0\n")
            {
                throw AssemblyFailure(.damagedStation, subject: path + "/station.json")
            }
            return .vacant
        }
        let format = try SmallFile.read(path + "/format", limit: 64).map {
            String(decoding: $0, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
        }
        guard let format, let version = Int(format), version >= 1 else {
            throw AssemblyFailure(.damagedStation, subject: path + "/format")
        }
        guard version <= Int(Self.format) ?? 1 else {
            throw AssemblyFailure(.newerFormat, subject: path)
        }
        guard let bytes = try SmallFile.read(path + "/station.json", limit: fileLimit),
            let json = try? JSONReader.value(of: bytes), let station = StationIdentity(json: json)
        else { throw AssemblyFailure(.damagedStation, subject: path + "/station.json") }
        return .station(RootLayout(path: path, station: station))
    }

    /// The station at a path; throws where there is none.
    package static func existing(at path: String) throws -> RootLayout {
        guard case .station(let layout) = try look(at: path) else {
            throw AssemblyFailure(.notAStation, subject: path)
        }
        return layout
    }

    /// Makes a station: directories, key, empty ledger and, last, `station.json`, each durable
    /// before the next, so that a making that was cut off can be done again.
    package static func make(
        at path: String, name: String?, court: String?, origin: String?, now: Timestamp
    ) throws -> RootLayout {
        switch try look(at: path) {
        case .station: throw AssemblyFailure(.alreadyStation, subject: path)
        case .vacant: try requireOwn(path)
        }
        if let origin, !StationIdentity.isOrigin(origin) {
            throw AssemblyFailure(
                .wrongUsage, subject: "--origin",
                wanted: Bilingual("no spaces and no + in it", "不得包含空格或加号"))
        }
        try PlainText.check(name, of: "--station", limit: 200)
        try PlainText.check(court, of: "--court", limit: 64)
        try makeRootDirectory(path)
        let root = try DurableRoot(path: path)
        try root.makeDirectory("staging", mode: 0o700)
        try root.makeDirectory("keys", mode: 0o700)
        try root.makeDirectory("policy")
        try root.makeDirectory("cache")
        let code = shortCode(court: court)
        let identity = StationIdentity(
            name: name ?? "evidock", code: code, court: court,
            origin: origin ?? "evidock.invalid/\(code.lowercased())-\(random(digits: 8))",
            created: now)
        _ = try root.replace(Array((Self.format + "\n").utf8), at: "format", mode: 0o644)
        let key: SigningKey
        if try root.exists("keys/log.key") {
            key = try signingKey(in: path)
        } else {
            key = SigningKey.generate()
            try root.replace(try key.pem(), at: "keys/log.key", mode: 0o600)
        }
        try Vault.create(in: root)
        // A making that was cut off may have left an empty ledger of another origin.
        for place in ["log/checkpoint", "log/checkpoint.next"] where try root.exists(place) {
            try root.remove(place)
        }
        try LogKeyring(VerifierKey(name: identity.origin, of: key)).write(in: root)
        try CustodyLedger.initialise(root: root, station: identity, key: key)
        let text = JSONWriter.line(identity.json) + "\n"
        try root.replace(Array(text.utf8), at: "station.json", mode: 0o644)
        return RootLayout(path: path, station: identity)
    }

    /// The ledger's key, for whoever signs with it.
    ///
    /// - Throws: `readable-key` where others than its owner may read or write it, as ssh(1) does.
    static func signingKey(in root: String) throws -> SigningKey {
        let place = root + "/" + keyPlace
        if Self.place(ofKeyIn: root) == place, FileFacts(at: place)?.isOpenToOthers == true {
            throw AssemblyFailure(.readableKey, subject: place)
        }
        return try key(in: root)
    }

    /// A systemd credential where there is one, else `keys/log.key`.
    static func place(ofKeyIn root: String) -> String {
        getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) + "/log.key" }
            .flatMap { LocalPath.exists($0) ? $0 : nil } ?? root + "/" + keyPlace
    }

    static func isKeyCredential(in root: String) -> Bool {
        place(ofKeyIn: root) != root + "/" + keyPlace
    }

    /// The ledger's key, for its public half.
    package static func key(in root: String) throws -> SigningKey {
        let place = place(ofKeyIn: root)
        guard let pem = try SmallFile.read(place, limit: Self.fileLimit),
            let key = try? SigningKey(pem: pem)
        else { throw AssemblyFailure(.missingKey, subject: place) }
        return key
    }

    /// That this process may write to a root that is there, and leaves nothing in it that its owner
    /// cannot write: root could, but its files would then keep the station's own user out.
    ///
    /// - Throws: `other-owner`, `not-permitted`.
    static func requireOwn(_ path: String) throws {
        guard let owner = LocalPath.owner(path) else { return }
        guard geteuid() != 0 || owner.uid == 0 else {
            throw AssemblyFailure(.otherOwner, subject: path)
        }
        // A disk that fails, or is mounted read-only, is told as such when the lock is taken.
        guard access(path, W_OK | X_OK) == 0 || errno != EACCES else { throw closed(path) }
        let files = ["lock", "index.sqlite", "index.sqlite-wal", "index.sqlite-shm"]
        for file in files.map({ path + "/" + $0 }) where access(file, W_OK) != 0 && errno == EACCES
        {
            throw AssemblyFailure(
                .notPermitted, subject: file,
                wanted: Bilingual(
                    "Give it to the station's own user: chown \(owner.name) \(SafeText.of(file))",
                    "请将其归还站点用户：chown \(owner.name) \(SafeText.of(file))"))
        }
    }

    /// The failure of a user who may not do this with the root.
    private static func closed(_ path: String) -> AssemblyFailure {
        let isOwn = LocalPath.owner(path)?.uid == geteuid()
        return AssemblyFailure(isOwn ? .notPermitted : .otherOwner, subject: path)
    }

    /// Whether this user may not look into a directory.
    private static func isClosed(_ path: String) -> Bool {
        access(path, R_OK | X_OK) != 0 && errno == EACCES
    }

    static func makeRootDirectory(_ path: String) throws {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o750) != 0, errno != EEXIST, errno != EISDIR, errno != EROFS {
                guard errno == EACCES || errno == EPERM else {
                    throw DurableFileFailure(errno: errno, operation: "mkdir", place: "root")
                }
                throw AssemblyFailure(.notPermitted, subject: path)
            }
        }
        guard try FileFacts.found(at: path)?.kind == S_IFDIR else {
            throw AssemblyFailure(.notPermitted, subject: path)
        }
    }

    /// The digits of a court's code (`闽0602` gives `0602`), else four random letters and digits.
    private static func shortCode(court: String?) -> String {
        let digits = String(
            String.UnicodeScalarView((court ?? "").unicodeScalars.filter { $0.isASCII })
        ).filter { $0.isLetter || $0.isNumber }
        return StationIdentity.isCode(digits) ? digits : "s" + random(digits: 4)
    }

    static func random(digits: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        let word: UInt64 = generator.next()
        let text = String(word, radix: 16)
        return String((String(repeating: "0", count: 16 - text.count) + text).suffix(digits))
    }
}

/// Reading a small file of our own whole.
enum SmallFile {
    /// The bytes of a regular file no longer than `limit`; nil where there is none, or it cannot be
    /// read.
    ///
    /// - Throws: ``AssemblyFailure`` where that says nothing about the file: the system is short of
    ///   descriptors or memory, or this user may not read it; ``DurableFileFailure`` where its disk
    ///   fails.
    static func read(_ path: String, limit: Int) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            switch errno {
            case EMFILE, ENFILE, ENOMEM: throw AssemblyFailure(.systemShort)
            case EACCES, EPERM: throw AssemblyFailure(.notPermitted, subject: path)
            case EIO: throw DurableFileFailure(errno: EIO, operation: "open", place: path)
            default: return nil
            }
        }
        defer { close(descriptor) }
        guard let facts = FileFacts(of: descriptor) else {
            throw DurableFileFailure(errno: errno, operation: "fstat", place: path)
        }
        guard facts.kind == S_IFREG, facts.size <= limit else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(facts.size))
        var count = 0
        while count < bytes.count {
            let step = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if step < 0, errno == EIO {
                throw DurableFileFailure(errno: EIO, operation: "read", place: path)
            }
            guard step > 0 else { return nil }
            count += step
        }
        return bytes
    }
}
