package import Evidence

/// What keeps a station from being put together, or a command from being carried out.
package struct AssemblyFailure: Failure {
    package enum Code: String, Sendable {
        case malformedSetting = "malformed-setting"
        case notAStation = "not-a-station"
        case notEmpty = "not-empty"
        case newerFormat = "newer-format"
        case damagedStation = "damaged-station"
        case missingKey = "missing-key"
        case alreadyStation = "already-a-station"
        case inUse = "in-use"
        case indexUnavailable = "index-unavailable"
        case wrongUsage = "wrong-usage"
        case noSuchItem = "no-such-item"
        case noSuchCase = "no-such-case"
        case deleted
        case severalItems = "several-items"
        case noSuchLeaf = "no-such-leaf"
        case notPermitted = "not-permitted"
        case daemonGone = "daemon-gone"
        case unreadableFile = "unreadable-file"
        case systemShort = "system-short"
        case addressSpace = "address-space"
        case volumeMissing = "volume-missing"
        case volumeDiffers = "volume-differs"
        case noSuchDirectory = "no-such-directory"
        case volumeNotEmpty = "volume-not-empty"
        case foreignVolume = "foreign-volume"
        case volumeOverlaps = "volume-overlaps"
        case otherOwner = "other-owner"
        case readableKey = "readable-key"
        case otherKey = "other-key"
    }

    package let reason: Code
    /// A path below which nobody's footage lies, a setting's or an option's name.
    package let subject: String
    /// What should be there instead.
    package let wanted: Bilingual?

    package init(_ reason: Code, subject: String = "", wanted: Bilingual? = nil) {
        (self.reason, self.subject, self.wanted) = (reason, subject, wanted)
    }

    package var code: String { reason.rawValue }

    package var disposition: Disposition {
        switch reason {
        case .notAStation, .newerFormat, .damagedStation, .missingKey, .readableKey, .notEmpty,
            .otherKey, .volumeMissing, .volumeDiffers:
            .stop
        case .inUse, .indexUnavailable, .daemonGone, .systemShort, .addressSpace: .retry
        case .malformedSetting, .alreadyStation, .wrongUsage, .noSuchItem, .noSuchCase, .deleted,
            .severalItems, .noSuchLeaf, .notPermitted, .unreadableFile, .noSuchDirectory,
            .volumeNotEmpty,
            .foreignVolume, .volumeOverlaps, .otherOwner:
            .quarantine
        }
    }

    package var problem: Bilingual {
        let subject = SafeText.of(subject)
        return switch reason {
        case .malformedSetting:
            Bilingual(
                "A setting cannot be used: \(subject)" + wantedText(.english),
                "设置项无法使用：\(subject)" + wantedText(.chinese))
        case .notAStation:
            Bilingual("There is no station at \(subject).", "\(subject) 处没有站点。")
        case .notEmpty:
            Bilingual(
                "\(subject) is not empty and is no evidock store.",
                "\(subject) 非空，且不是 evidock 存储目录。")
        case .newerFormat:
            Bilingual(
                "The store at \(subject) was made by a newer evidock.",
                "\(subject) 的存储由更新版本的 evidock 建立。")
        case .damagedStation:
            Bilingual("The station's own file is damaged: \(subject)", "站点文件已损坏：\(subject)")
        case .missingKey:
            Bilingual(
                "The ledger's key is missing or unusable: \(subject)", "存证日志密钥缺失或无法使用：\(subject)")
        case .alreadyStation:
            Bilingual("There is a station at \(subject) already.", "\(subject) 处已有站点。")
        case .inUse:
            Bilingual(
                "The store at \(subject) is in use by another evidock.",
                "\(subject) 的存储正被另一个 evidock 使用。")
        case .indexUnavailable:
            Bilingual("The index cannot be read now.", "索引暂时无法读取。")
        case .wrongUsage:
            Bilingual(subject + wantedText(.english), subject + wantedText(.chinese))
        case .noSuchItem:
            Bilingual("No record found for \(subject).", "未查到 \(subject) 的存证记录。")
        case .noSuchCase:
            Bilingual("No schedule names the case \(subject).", "任务表中没有案件 \(subject)。")
        case .deleted:
            Bilingual(
                "The footage of \(subject) was deleted when its time was over; what is recorded of it stays.",
                "\(subject) 的文件已到期删除，相关存证记录仍保留。")
        case .severalItems:
            Bilingual("\(subject) fits several items.", "\(subject) 对应多个条目。")
        case .noSuchLeaf:
            Bilingual("The custody log has no leaf \(subject).", "存证日志中没有第 \(subject) 条。")
        case .notPermitted:
            Bilingual("You may not do this: \(subject)", "无权执行：\(subject)")
        case .daemonGone:
            Bilingual("The running evidock went away meanwhile.", "运行中的 evidock 已中断。")
        case .unreadableFile:
            Bilingual("This is no file that can be read: \(subject)", "无法读取该文件：\(subject)")
        case .addressSpace:
            Bilingual(
                "This program may use less than 1 GiB of addresses.", "本程序可用的地址空间不足 1 GiB。")
        case .systemShort:
            Bilingual("The system has no memory or descriptors left.", "系统内存或文件描述符不足。")
        case .volumeMissing:
            Bilingual("The disk at \(subject) is not mounted.", "\(subject) 处的磁盘未挂载。")
        case .volumeDiffers:
            Bilingual(
                "Another disk than this station's is mounted at \(subject).",
                "\(subject) 处挂载的不是本站点登记的磁盘。")
        case .noSuchDirectory:
            Bilingual("There is no directory at \(subject).", "\(subject) 处没有目录。")
        case .volumeNotEmpty:
            Bilingual("The directory \(subject) is not empty.", "目录 \(subject) 非空。")
        case .foreignVolume:
            Bilingual("The disk at \(subject) is another station's.", "\(subject) 处的磁盘属于其他站点。")
        case .volumeOverlaps:
            Bilingual(
                "\(subject) is in use by this station already, or lies inside such a directory.",
                "\(subject) 已被本站点使用，或与使用中的目录相互包含。")
        case .otherOwner:
            Bilingual(
                "The store at \(subject) belongs to another user: \(owner)",
                "\(subject) 的存储属于其他用户：\(owner)")
        case .readableKey:
            Bilingual(
                "The ledger's key is open to other users: \(subject)",
                "其他用户可以读取存证日志密钥：\(subject)")
        case .otherKey:
            Bilingual(
                "This is not the key that signs this station's log: \(subject)",
                "该密钥不是本站存证日志现用的密钥：\(subject)")
        }
    }

    private func wantedText(_ language: Language) -> String {
        guard let wanted else { return "" }
        return (language == .english ? ": " : "：") + wanted.text(in: language)
    }

    /// Whose the subject is.
    private var owner: String { LocalPath.owner(subject).map(\.name) ?? "?" }

    package var nextStep: Bilingual {
        switch reason {
        case .malformedSetting:
            Bilingual("Correct it in the file, the environment or the flags.", "请在设置文件、环境变量或选项中更正。")
        case .notAStation:
            Bilingual(
                "Is the store's disk mounted? A new station is made with: evidock init",
                "请确认存储磁盘已挂载；新建站点请用 evidock init。")
        case .notEmpty:
            Bilingual("Name an empty folder with --root.", "请用 --root 指定一个空文件夹。")
        case .newerFormat:
            Bilingual("Install that version. Nothing was touched.", "请安装对应版本。未作任何改动。")
        case .damagedStation:
            Bilingual("Restore it from the backup. Nothing was touched.", "请从备份恢复。未作任何改动。")
        case .missingKey, .otherKey:
            Bilingual(
                "Put its offline copy there. Where it is lost for good: evidock log replace-key. Nothing was touched.",
                "请将其离线副本放回原处；如已永久丢失，请用 evidock log replace-key。未作任何改动。")
        case .alreadyStation:
            Bilingual("Use it, or name another folder with --root.", "可直接使用，或用 --root 指定其他文件夹。")
        case .inUse:
            Bilingual("Wait until it has ended, or stop it.", "请等待其结束，或将其停止。")
        case .indexUnavailable:
            Bilingual("Try again, or run: evidock index rebuild", "请重试，或运行 evidock index rebuild。")
        case .wrongUsage: Bilingual("See: evidock --help", "请参阅 evidock --help。")
        case .noSuchCase:
            Bilingual("Look it up with: evidock case list", "请用 evidock case list 查询。")
        case .deleted:
            Bilingual("See: evidock show ITEM", "请用 evidock show 查看该条目。")
        case .noSuchItem, .severalItems:
            Bilingual("Look it up with: evidock list", "请用 evidock list 查询。")
        case .noSuchLeaf:
            Bilingual(
                "See its size with: evidock log checkpoint", "请用 evidock log checkpoint 查看条数。")
        case .notPermitted:
            wanted ?? Bilingual("Ask the station's administrator.", "请联系站点管理员。")
        case .daemonGone:
            Bilingual("Try again. Nothing is lost.", "请重试。没有数据丢失。")
        case .unreadableFile: Bilingual("Check the path.", "请检查路径。")
        case .systemShort: Bilingual("Try again.", "请重试。")
        case .addressSpace:
            Bilingual(
                "Raise it (ulimit -v; LimitAS= of the service).",
                "请调高上限（ulimit -v；服务的 LimitAS=）。")
        case .volumeMissing:
            Bilingual(
                "Mount it there and start again; nothing was written. If it is lost for good, take it out of volumes.json, then run: evidock repair",
                "请在该处挂载后重新启动；未写入任何内容。如该磁盘已永久丢失，请将其从 volumes.json 中删除，再运行 evidock repair。")
        case .volumeDiffers:
            Bilingual(
                "Mount the right disk there and start again. Nothing was written.",
                "请在该处挂载正确的磁盘后重新启动。未写入任何内容。")
        case .noSuchDirectory:
            wanted ?? Bilingual("Mount the disk, or make the directory first.", "请先挂载磁盘或建立该目录。")
        case .volumeNotEmpty:
            Bilingual("Name an empty directory on that disk.", "请指定该磁盘上的一个空目录。")
        case .foreignVolume:
            Bilingual("Use another disk. Nothing was written.", "请使用其他磁盘。未写入任何内容。")
        case .volumeOverlaps:
            Bilingual(
                "See the disks in use with: evidock volumes", "请用 evidock volumes 查看使用中的磁盘。")
        case .otherOwner:
            Bilingual(
                "Work as that user: runuser -u \(owner) -- evidock … (or: sudo -u \(owner) evidock …)",
                "请以该用户执行：runuser -u \(owner) -- evidock …（或 sudo -u \(owner) evidock …）")
        case .readableKey:
            Bilingual(
                "Whoever copied it can sign as this station. Where nobody can have: chmod 600 \(SafeText.of(subject))",
                "复制过该密钥的人可以冒用本站签名。确认无人复制后执行：chmod 600 \(SafeText.of(subject))")
        }
    }
}
