/// What the parser of the command line says about wrong usage, for a Chinese reader. Its sentences
/// are few; one that is not known stays as it is.
enum UsageWords {
    static func chinese(_ message: String) -> String {
        message.split(separator: "\n", omittingEmptySubsequences: false)
            .map { chinese(line: String($0)) }.joined(separator: "\n")
    }

    private static func chinese(line: String) -> String {
        var line = line
        for (english, chinese) in phrases { line = line.replacing(english, with: chinese) }
        return line
    }

    private static let phrases = [
        ("Error: ", "用法有误："), ("Usage: ", "用法："), ("Help:  ", "说明：  "),
        ("  See '", "  请参阅 '"), ("' for more information.", "'。"),
        ("Missing expected argument", "缺少参数"), ("Missing value for", "缺少选项的值"),
        ("Unknown option", "没有该选项"), ("unexpected arguments", "多余的参数"),
        ("Unexpected argument", "多余的参数"), (" unexpected", " 多余的"),
        ("The value '", "无效的值 '"), ("' is invalid for '", "'，用于 '"),
        ("Did you mean", "是否为"),
    ]
}
