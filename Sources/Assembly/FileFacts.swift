import CLinux
import DurableFiles
import Glibc

/// What the system says of a file (stat(2)). Through CLinux: which module the C type `stat` belongs
/// to depends on what else is imported.
struct FileFacts {
    private let mode: UInt32
    let uid: UInt32
    /// The file system that it is on.
    let device: UInt64
    let size: Int64
    let inode: UInt64
    /// Nanoseconds since 1970.
    let modified: Int64

    /// Of what stands at a path; nil where that cannot be told.
    init?(at path: String, followsLinks: Bool = true) {
        var facts = clinux_facts()
        guard clinux_facts_at(path, followsLinks, &facts) == 0 else { return nil }
        self.init(facts)
    }

    /// Of what stands at a path; nil where nothing does.
    ///
    /// - Throws: ``DurableFileFailure`` where the disk fails.
    static func found(at path: String, followsLinks: Bool = true) throws -> FileFacts? {
        if let facts = FileFacts(at: path, followsLinks: followsLinks) { return facts }
        guard errno != EIO else {
            throw DurableFileFailure(errno: EIO, operation: "stat", place: path)
        }
        return nil
    }

    init?(of descriptor: CInt) {
        var facts = clinux_facts()
        guard clinux_facts_of(descriptor, &facts) == 0 else { return nil }
        self.init(facts)
    }

    private init(_ facts: clinux_facts) {
        (mode, uid, device, size) = (facts.mode, facts.uid, facts.device, facts.size)
        (inode, modified) = (facts.inode, facts.modified)
    }

    /// `S_IFREG`, `S_IFDIR` and so on.
    var kind: UInt32 { mode & S_IFMT }

    /// Whether others than its owner may do anything with it.
    var isOpenToOthers: Bool { mode & 0o077 != 0 }
}
