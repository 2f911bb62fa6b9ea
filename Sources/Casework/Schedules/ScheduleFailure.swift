package import Evidence

/// Why a whole schedule file was not taken. A single row that was not is no failure: see
/// ``RowVerdict``.
package struct ScheduleFailure: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        case empty = "schedule-empty"
        case tooLarge = "schedule-too-large"
        case encoding = "schedule-encoding"
        /// This system cannot decode GB18030 (glibc's gconv modules are not there).
        case decoderMissing = "decoder-missing"
        case brokenQuotes = "broken-quotes"
        case fieldTooLong = "field-too-long"
        case tooManyFields = "too-many-fields"
        case controlCharacter = "control-character"
        case columnsMissing = "columns-missing"
        case columnTwice = "column-twice"
        case mappingUnclear = "mapping-unclear"
        case malformedJSON = "malformed-json"
        case wrongShape = "json-wrong-shape"
    }

    package let kind: Code
    /// The line of the file, from 1.
    package let line: Int?
    /// The character of that line, from 1.
    package let column: Int?
    /// Names of columns or members: never what stands in a row.
    package let detail: String

    package init(_ kind: Code, line: Int? = nil, column: Int? = nil, detail: String = "") {
        (self.kind, self.line, self.column, self.detail) = (kind, line, column, detail)
    }

    package var code: String { kind.rawValue }
    package var disposition: Disposition { kind == .decoderMissing ? .retry : .quarantine }

    package var problem: Bilingual {
        var (english, chinese) = (words.english, words.chinese)
        if !detail.isEmpty {
            english += ": " + detail
            chinese += "：" + detail
        }
        if let line {
            english += " (line \(line)" + (column.map { ", character \($0)" } ?? "") + ")"
            chinese += "（第\(line)行" + (column.map { "第\($0)个字符" } ?? "") + "）"
        }
        return Bilingual(english, chinese)
    }

    private var words: Bilingual {
        switch kind {
        case .empty: Bilingual("The schedule has no rows", "任务表中没有数据行")
        case .tooLarge: Bilingual("The schedule is too large", "任务表文件过大")
        case .encoding:
            Bilingual("The text is neither UTF-8, UTF-16 nor GB18030", "文本编码不是UTF-8、UTF-16或GB18030")
        case .decoderMissing: Bilingual("This system cannot read GB18030", "本机不支持GB18030编码")
        case .brokenQuotes: Bilingual("Broken quotation marks", "引号不配对")
        case .fieldTooLong: Bilingual("A field is too long", "单元格内容过长")
        case .tooManyFields: Bilingual("A row has too many fields", "该行的列数过多")
        case .controlCharacter:
            Bilingual("A NUL character: this is no text", "含有空字符，不是文本文件")
        case .columnsMissing: Bilingual("Columns are missing", "缺少必需的列")
        case .columnTwice: Bilingual("Two columns mean the same", "存在含义重复的列")
        case .mappingUnclear: Bilingual("The column mapping names no such column", "列对应设置中的列名有误")
        case .malformedJSON: Bilingual("Malformed JSON", "JSON格式错误")
        case .wrongShape: Bilingual("The JSON is of another shape", "JSON结构不符")
        }
    }

    package var nextStep: Bilingual {
        switch kind {
        case .encoding:
            Bilingual("Save the file as UTF-8 and import it again", "请将文件另存为UTF-8后重新导入")
        case .decoderMissing:
            Bilingual(
                "Install the gconv modules of libc, or save the file as UTF-8",
                "请安装libc的gconv模块，或将文件另存为UTF-8")
        case .columnsMissing, .columnTwice, .mappingUnclear:
            Bilingual(
                "Mend the header, or map the columns in the settings", "请修正表头，或在设置中指定列对应关系")
        case .wrongShape:
            Bilingual(
                "Give an object with the lists cases and duties", "请提供含有cases和duties列表的对象")
        case .tooLarge: Bilingual("Split the file", "请拆分文件后导入")
        default:
            Bilingual(
                "Mend the file and import it again; nothing of it was taken",
                "请修正文件后重新导入；本次未导入任何数据")
        }
    }
}
