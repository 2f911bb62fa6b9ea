package import Evidence
import Glibc

/// Why an entry of a recorder cannot be taken: each is recorded, none is followed or waited for.
package enum Refusal: String, Sendable, CaseIterable {
    case symbolicLink = "symbolic-link"
    case fifo, socket, device
    case hardLink = "hard-link"
    case tooDeep = "too-deep"
    case otherFileSystem = "other-file-system"
    case unreadable, sparse
    case tooManyEntries = "too-many-entries"

    package var reason: Bilingual {
        switch self {
        case .symbolicLink:
            Bilingual("A symbolic link; it is not followed", "符号链接，不予跟随")
        case .fifo: Bilingual("A pipe, not a file", "命名管道，不是文件")
        case .socket: Bilingual("A socket, not a file", "套接字，不是文件")
        case .device: Bilingual("A device, not a file", "设备节点，不是文件")
        case .hardLink:
            Bilingual(
                "The file has several names (hard links); recorders do not write that",
                "文件存在多个硬链接，并非记录仪的写入方式")
        case .tooDeep:
            Bilingual("The folder lies too deep and is not entered", "文件夹层级过深，未进入")
        case .otherFileSystem:
            Bilingual("Another file system is mounted here; it is not entered", "此处挂载了其他文件系统，未进入")
        case .unreadable: Bilingual("It cannot be read", "无法读取")
        case .sparse:
            Bilingual(
                "The file claims to be far larger than what is stored of it",
                "文件标称大小远大于实际存储")
        case .tooManyEntries:
            Bilingual("The recorder holds more entries than are listed", "记录仪条目数超出上限")
        }
    }

    /// What kind of thing a mode (inode(7)) tells of; nil for a plain file or a folder.
    static func ofMode(_ mode: UInt32) -> Refusal? {
        switch mode & S_IFMT {
        case S_IFREG, S_IFDIR: nil
        case S_IFLNK: .symbolicLink
        case S_IFIFO: .fifo
        case S_IFSOCK: .socket
        case S_IFCHR, S_IFBLK: .device
        default: .unreadable
        }
    }

    func at(_ path: RecorderPath) -> RecorderVisit.Refused {
        RecorderVisit.Refused(path: path, code: rawValue, reason: reason)
    }
}
