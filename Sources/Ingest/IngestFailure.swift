package import Evidence

/// What can end a docking as a whole. What befalls one file is a ``FileOutcome``.
package struct IngestFailure: Failure {
    package enum Code: String, Sendable {
        case noSuchFolder = "no-such-folder"
        case overlapsRoot = "overlaps-root"
        case recorderGone = "recorder-gone"
        case noRoom = "no-room"
        case filesNotTaken = "files-not-taken"
        case noSuchItem = "no-such-item"
    }

    package let reason: Code

    package init(_ reason: Code) { self.reason = reason }

    package var code: String { reason.rawValue }

    package var disposition: Disposition {
        switch reason {
        case .noSuchFolder, .overlapsRoot, .noSuchItem: .quarantine
        case .recorderGone, .noRoom, .filesNotTaken: .retry
        }
    }

    package var problem: Bilingual {
        switch reason {
        case .noSuchFolder:
            Bilingual("There is no such folder, or it cannot be opened.", "该文件夹不存在或无法打开。")
        case .overlapsRoot:
            Bilingual(
                "This folder and evidock's own store lie inside each other.",
                "该文件夹与 evidock 自身的存储目录相互包含。")
        case .recorderGone:
            Bilingual("The recorder was removed before it was done.", "记录仪在采集完成前被取下。")
        case .noRoom:
            Bilingual("There is not enough free space in the store.", "存储空间不足。")
        case .filesNotTaken:
            Bilingual("Some files could not be taken this time.", "本次有文件未能采集。")
        case .noSuchItem:
            Bilingual("No such item.", "没有该条目。")
        }
    }

    package var nextStep: Bilingual {
        switch reason {
        case .noSuchFolder:
            Bilingual("Check the path and that the recorder is mounted.", "请检查路径以及记录仪是否已挂载。")
        case .overlapsRoot:
            Bilingual("Name the recorder's own folder.", "请指定记录仪自己的文件夹。")
        case .recorderGone:
            Bilingual("Dock it again: what is sealed stays sealed.", "请重新接入；已封存的内容不受影响。")
        case .noRoom:
            Bilingual(
                "Free some space or add a vault volume, then dock again.", "请清理空间或添加存储卷后重新接入。")
        case .filesNotTaken: Bilingual("Dock it again.", "请重新接入。")
        case .noSuchItem:
            Bilingual("Look it up with: evidock list", "请用 evidock list 查询。")
        }
    }
}
