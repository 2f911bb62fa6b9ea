/// The words of the dock, the same wherever an officer reads them.
package enum DockWords {
    package static let recognised = Bilingual("Recognised, do not remove", "已识别，请勿取下")
    package static let transferring = Bilingual("Transferring, do not remove", "正在采集，请勿取下")
    package static let verifying = Bilingual("Verifying, do not remove", "正在校验，请勿取下")
    package static let mayBeRemoved = Bilingual("Done, may be removed", "采集完成，可以取下")
    package static let waiting = Bilingual("Waiting, do not remove", "等待中，请勿取下")
    package static let problem = Bilingual("Problem", "采集异常")
    package static let unfinished = Bilingual("Unfinished, dock again", "未完成，请重新接入")
    package static let offLine = Bilingual("System off line, do not remove", "系统离线，请勿取下")
    package static let mayBeCleared = Bilingual("Recorder may be cleared", "已具备清理条件")
    package static let singleCopy = Bilingual("Single copy", "单份存储")
    package static let nothingFound = Bilingual("No files were found on it", "未发现任何文件")
}
