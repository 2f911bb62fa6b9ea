package import Evidence
import Glibc

/// A call on a file of evidence that failed: which call, where, why.
package struct DurableFileFailure: Failure {
    package let code: String
    /// errno(3) of the call; 0 where what was found, not a call, is the trouble.
    package let errno: Int32
    /// The call, such as `fsync`.
    package let operation: String
    /// The place below the root; never a recorder's own name for a file.
    package let place: String

    package init(code: String, errno: Int32 = 0, operation: String, place: String) {
        (self.code, self.errno, self.operation, self.place) = (code, errno, operation, place)
    }

    package init(errno number: Int32, operation: String, place: String) {
        let code =
            switch number {
            case ENOSPC, EDQUOT: "disk-full"
            case EROFS: "read-only"
            case EMFILE, ENFILE: "no-descriptors"
            case ENOMEM: "no-memory"
            case EACCES, EPERM: "not-permitted-by-system"
            case ENOENT, ENOTDIR: "missing"
            case EEXIST: "exists"
            default: "input-output"
            }
        self.init(code: code, errno: number, operation: operation, place: place)
    }

    package var disposition: Disposition {
        switch code {
        case "disk-full", "no-descriptors", "no-memory", "in-use": .retry
        default: .stop
        }
    }

    package var problem: Bilingual {
        switch code {
        case "disk-full": Bilingual("The store's disk is full.", "存储磁盘已满。")
        case "read-only": Bilingual("The store's disk is read-only.", "存储磁盘为只读。")
        case "no-descriptors", "no-memory":
            Bilingual("The system has no memory or descriptors left.", "系统内存或文件描述符不足。")
        case "in-use":
            Bilingual("The store is in use by another evidock.", "存储正被另一个 evidock 使用。")
        case "different-bytes":
            Bilingual(
                "Other bytes stand where evidence should be: \(place)", "证据位置上是其他内容：\(place)")
        case "missing": Bilingual("Missing in the store: \(place)", "存储中缺失：\(place)")
        default:
            Bilingual(
                "The store's disk failed (\(operation), errno \(errno)) at \(place)",
                "存储磁盘故障（\(operation)，errno \(errno)）：\(place)")
        }
    }

    package var nextStep: Bilingual {
        switch code {
        case "disk-full": Bilingual("Make room; work goes on by itself.", "请清理空间，随后自动继续。")
        case "no-descriptors", "no-memory": Bilingual("Try again.", "请重试。")
        case "in-use": Bilingual("Wait until it has ended, or stop it.", "请等待其结束，或将其停止。")
        default:
            Bilingual("Look at the disk, then run: evidock audit", "请检查磁盘，然后运行 evidock audit。")
        }
    }
}

/// What came of putting bytes under a name that never changes.
package enum PublishOutcome: Sendable {
    case written
    /// The same bytes were there before, and were read and compared.
    case wasThere
}
