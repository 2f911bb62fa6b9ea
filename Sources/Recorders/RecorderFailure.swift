package import Evidence
import Glibc

/// Why a recorder, or one file of it, could not be read.
package struct RecorderFailure: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        /// The recorder went away, or never was there.
        case volumeGone = "volume-gone"
        /// What was listed or named is not there.
        case missing = "missing"
        /// The path names something else than a folder.
        case notAFolder = "not-a-folder"
        /// The medium or its rights do not let the bytes out.
        case unreadable = "unreadable"
        /// What stands there is not a plain file of its own; see ``Refusal``.
        case refused = "refused"
        /// No descriptors or no memory left in this system.
        case systemExhausted = "system-exhausted"
        /// The kernel cannot open files beneath a folder only (openat2, Linux 5.6).
        case unsupportedKernel = "unsupported-kernel"
        /// A profile of the site cannot be understood.
        case malformedProfile = "malformed-profile"
        /// The list of mounts cannot be read.
        case mountTableUnreadable = "mount-table-unreadable"

        var disposition: Disposition {
            switch self {
            case .volumeGone, .missing, .systemExhausted: .retry
            case .unreadable, .refused, .malformedProfile, .notAFolder: .quarantine
            case .unsupportedKernel, .mountTableUnreadable: .stop
            }
        }

        var problem: Bilingual {
            switch self {
            case .volumeGone:
                Bilingual("The recorder is not there any more", "执法记录仪已断开")
            case .missing:
                Bilingual("There is nothing under this name", "该名称下没有内容")
            case .notAFolder:
                Bilingual("The path is not a folder or a mounted recorder", "该路径不是文件夹或已挂载的记录仪")
            case .unreadable:
                Bilingual("The recorder does not let this be read", "记录仪上的内容无法读取")
            case .refused:
                Bilingual("Only plain files are taken from a recorder", "只采集记录仪上的普通文件")
            case .systemExhausted:
                Bilingual("This system has no descriptors or no memory left", "本机文件描述符或内存不足")
            case .unsupportedKernel:
                Bilingual(
                    "The kernel cannot keep a look-up beneath a folder (openat2)",
                    "内核不支持限定目录的打开方式（openat2）")
            case .malformedProfile:
                Bilingual("A recorder profile cannot be understood", "记录仪配置文件有误")
            case .mountTableUnreadable:
                Bilingual("The list of mounted volumes cannot be read", "无法读取挂载列表")
            }
        }

        var nextStep: Bilingual {
            switch self {
            case .volumeGone: Bilingual("Dock the recorder again", "请重新接入记录仪")
            case .missing:
                Bilingual("Dock the recorder again, or name what is there", "请重新接入记录仪，或指定存在的路径")
            case .notAFolder: Bilingual("Name a folder or a mount point", "请指定文件夹或挂载点")
            case .unreadable:
                Bilingual(
                    "Have the recorder's card looked at; the other files are taken",
                    "请检查记录仪存储卡；其他文件继续采集")
            case .refused:
                Bilingual(
                    "Look at what stands on the recorder under this name", "请查看记录仪上该名称对应的内容")
            case .systemExhausted:
                Bilingual("Try again; raise LimitNOFILE if it stays", "请重试；如持续出现请调高 LimitNOFILE")
            case .unsupportedKernel:
                Bilingual(
                    "Use Linux 5.8 or newer, and let openat2 pass", "请使用 Linux 5.8 及以上内核并允许 openat2"
                )
            case .malformedProfile:
                Bilingual(
                    "Mend the named member of the named file; the other profiles are in use",
                    "请修正所指文件中的成员；其他配置继续有效")
            case .mountTableUnreadable:
                Bilingual("See that /proc is mounted", "请确认 /proc 已挂载")
            }
        }
    }

    package let kind: Code
    /// A place: a member of a profile, a mount point. Never a file's name from a recorder.
    package let detail: String
    /// Which kind of entry was refused, where ``kind`` is `refused`.
    package let refusal: Refusal?

    package init(_ kind: Code, detail: String = "", refusal: Refusal? = nil) {
        (self.kind, self.detail, self.refusal) = (kind, detail, refusal)
    }

    package var code: String { refusal?.rawValue ?? kind.rawValue }
    package var disposition: Disposition { kind.disposition }
    package var nextStep: Bilingual { kind.nextStep }

    package var problem: Bilingual {
        let base = refusal?.reason ?? kind.problem
        if detail.isEmpty { return base }
        return Bilingual(base.english + ": " + detail, base.chinese + "：" + detail)
    }

    /// The one table from errno to codes, for what is read on a recorder.
    static func from(errno number: CInt, detail: String = "") -> RecorderFailure {
        let named = detail.isEmpty ? "errno \(number)" : detail + ", errno \(number)"
        switch number {
        case ENODEV, ENXIO, ENOTCONN, ENOMEDIUM, ESTALE, ESHUTDOWN, ECONNABORTED:
            return RecorderFailure(.volumeGone, detail: named)
        case ENOENT: return RecorderFailure(.missing, detail: named)
        case ENOTDIR: return RecorderFailure(.notAFolder, detail: named)
        case ELOOP: return RecorderFailure(.refused, detail: detail, refusal: .symbolicLink)
        case EXDEV: return RecorderFailure(.refused, detail: detail, refusal: .otherFileSystem)
        case EMFILE, ENFILE, ENOMEM: return RecorderFailure(.systemExhausted, detail: named)
        case ENOSYS: return RecorderFailure(.unsupportedKernel, detail: named)
        default: return RecorderFailure(.unreadable, detail: named)
        }
    }
}
