import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Glibc
import Synchronization

@testable import Vault

/// A vault of a test's own, and a recorder's folder beside it.
struct Store {
    let directory = TemporaryDirectory()
    let vault: Vault
    let root: DurableRoot
    let furtherPaths: [String]

    init(
        further: Int = 0, hasCopies: Bool = false, calls: DiskCalls = .kernel,
        _ change: (inout VaultSettings) -> Void = { _ in }
    ) throws {
        var settings = VaultSettings()
        settings.reserveBytes = 0
        settings.reservePermille = 0
        change(&settings)
        let paths = ["root", "copies"] + (0..<further).map { "volume\($0)" }
        for path in paths { mkdir(directory.path + "/" + path, 0o755) }
        furtherPaths = paths.dropFirst(2).map { [directory] in directory.path + "/" + $0 }
        // Its thousand directories need no sync here; everything after them has its own.
        var unsynced = DiskCalls.kernel
        unsynced.syncFileSystem = { _ in 0 }
        for path in paths {
            try Vault.create(in: DurableRoot(path: directory.path + "/" + path, calls: unsynced))
        }
        root = try DurableRoot(path: directory.path + "/root", calls: calls)
        vault = try Vault(
            root: root, furtherVolumes: try furtherPaths.map { try DurableRoot(path: $0) },
            copies: hasCopies
                ? SecondCopy(
                    root: try DurableRoot(path: directory.path + "/copies"), name: "copies") : nil,
            settings: settings)
    }

    func source(_ bytes: [UInt8], named name: String) throws -> TransferSource {
        let path = directory.write(bytes, at: "card/" + name)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        return TransferSource(
            descriptor: descriptor, size: Int64(bytes.count), isAlive: { true })
    }

    /// Takes the contents as one group.
    func take(
        _ contents: [[UInt8]], _ change: (inout TransferSource) -> Void = { _ in }
    ) async throws -> [Result<VaultedItem, VaultFailure>] {
        let sources = try contents.enumerated().map { index, bytes in
            var source = try source(bytes, named: "file\(index)")
            change(&source)
            return source
        }
        return await vault.take(sources) { _, _, _ in }
    }

    func take(
        _ bytes: [UInt8], _ change: (inout TransferSource) -> Void = { _ in }
    ) async throws -> Result<VaultedItem, VaultFailure> {
        try await take([bytes], change)[0]
    }

    func path(_ sha256: SHA256Digest, kind: String = "footage", in folder: String = "root")
        -> String
    {
        directory.path + "/" + folder + "/" + VaultReader.place(sha256, kind: kind)
    }

    /// Names below a folder of the root.
    func names(_ place: String) throws -> [String] { try root.names(in: place) }

    /// Everything under a final name, by kind.
    func objectCount(_ kind: String = "footage") throws -> Int {
        try names("vault/" + kind).reduce(0) { $0 + (try names("vault/\(kind)/\($1)").count) }
    }
}

/// Bytes that differ everywhere, the same for the same seed.
func footage(_ size: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 8)
    while bytes.count < size {
        withUnsafeBytes(of: generator.next().littleEndian) { bytes.append(contentsOf: $0) }
    }
    return Array(bytes.prefix(size))
}

/// The bytes of a file; nil where there is none.
func contents(of path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = read(descriptor, &piece, piece.count)
        guard count > 0 else { return bytes }
        bytes += piece[..<count]
    }
}

/// Changes one byte of a file in place, past its read-only mode.
func flipByte(of path: String, at offset: Int) {
    chmod(path, 0o644)
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    defer { close(descriptor) }
    var byte: UInt8 = 0
    pread(descriptor, &byte, 1, offset)
    byte ^= 1
    pwrite(descriptor, &byte, 1, offset)
    fsync(descriptor)
}

func failure<Value>(_ result: Result<Value, VaultFailure>) -> VaultFailure.Code? {
    if case .failure(let failure) = result { failure.reason } else { nil }
}

/// Counts calls, so that a fault strikes once or at a given one.
final class Counter: Sendable {
    private let count = Mutex(0)

    /// 1 for the first call.
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }

    var value: Int { count.withLock { $0 } }
}
