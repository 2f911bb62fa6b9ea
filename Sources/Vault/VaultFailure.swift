import DurableFiles
package import Evidence
import Glibc

/// Why a file could not be sealed, read or copied out.
package struct VaultFailure: Failure {
    package enum Code: String, Sendable, CaseIterable {
        case sourceGone = "source-gone"
        case sourceStalled = "source-stalled"
        case sourceUnreadable = "source-unreadable"
        case unstable
        case noRoom = "no-room"
        case writeFailed = "write-failed"
        case notInVault = "not-in-vault"
        case damagedObject = "damaged-object"
        case targetExists = "target-exists"
        case targetFailed = "target-failed"
        case stopped
        case storeFailed = "store-failed"
    }

    package let reason: Code
    /// errno(3), where a call failed; else 0.
    package let errno: Int32

    package init(_ reason: Code, errno: Int32 = 0) { (self.reason, self.errno) = (reason, errno) }

    /// A failed call on our own disk: no room is waited for, anything else is tried once more by
    /// the caller and then stops the work.
    init(_ failure: DurableFileFailure) {
        switch failure.code {
        case "disk-full": self.init(.noRoom, errno: failure.errno)
        case "no-descriptors", "no-memory": self.init(.stopped, errno: failure.errno)
        default: self.init(.storeFailed, errno: failure.errno)
        }
    }

    package var code: String { reason.rawValue }

    package var disposition: Disposition {
        switch reason {
        case .sourceGone, .sourceStalled, .noRoom, .stopped, .targetFailed: .retry
        case .sourceUnreadable, .unstable, .targetExists, .notInVault: .quarantine
        case .writeFailed, .damagedObject, .storeFailed: .stop
        }
    }

    package var problem: Bilingual {
        switch reason {
        case .sourceGone:
            Bilingual("The recorder was removed before this file was taken.", "该文件采集完成前记录仪被取下。")
        case .sourceStalled:
            Bilingual("The recorder stopped answering.", "记录仪停止响应。")
        case .sourceUnreadable:
            Bilingual("The recorder cannot give this file.", "记录仪无法读出该文件。")
        case .unstable:
            Bilingual("It changed while it was copied.", "采集过程中该文件发生变化。")
        case .noRoom: Bilingual("There is not enough free space in the store.", "存储空间不足。")
        case .writeFailed:
            Bilingual("The store's disk did not keep what was written.", "存储磁盘未能正确保存写入的数据。")
        case .notInVault: Bilingual("The bytes are not in the vault.", "库中没有该内容。")
        case .damagedObject:
            Bilingual("The stored bytes are damaged and were not handed out.", "库中内容已损坏，未予提供。")
        case .targetExists: Bilingual("Something stands there already.", "目标位置已存在文件。")
        case .targetFailed:
            Bilingual(
                "The target could not be written (errno \(errno)).", "无法写入目标位置（errno \(errno)）。")
        case .stopped: Bilingual("The work was stopped.", "操作已停止。")
        case .storeFailed:
            Bilingual("The store's disk failed (errno \(errno)).", "存储磁盘故障（errno \(errno)）。")
        }
    }

    package var nextStep: Bilingual {
        switch reason {
        case .sourceGone, .sourceStalled, .stopped:
            Bilingual("Dock it again.", "请重新接入。")
        case .sourceUnreadable:
            Bilingual("Dock it again; then have the card looked at.", "请重新接入，如仍失败请检修存储卡。")
        case .unstable:
            Bilingual("End the recording, then dock it again.", "请停止录制后重新接入。")
        case .noRoom: Bilingual("Make room or add a vault volume.", "请清理空间或添加存储卷。")
        case .writeFailed, .storeFailed:
            Bilingual("Replace the disk, then run: evidock audit", "请更换磁盘，然后运行 evidock audit。")
        case .notInVault, .damagedObject:
            Bilingual("Run: evidock audit", "请运行 evidock audit。")
        case .targetExists: Bilingual("Name another file.", "请指定其他文件名。")
        case .targetFailed: Bilingual("Check its folder and free space.", "请检查目标文件夹与可用空间。")
        }
    }
}
