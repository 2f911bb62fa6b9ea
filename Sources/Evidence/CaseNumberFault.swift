/// Why a text is no case number, and where. The text itself is not in it.
package struct CaseNumberFault: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case empty
        case tooLong = "too-long"
        case character = "unexpected-character"
        case yearMissing = "year-missing"
        case yearOutOfRange = "year-out-of-range"
        case courtMissing = "court-missing"
        case courtTooLong = "court-too-long"
        case typeMissing = "type-missing"
        case typeTooLong = "type-too-long"
        case numberMissing = "number-missing"
        case numberOutOfRange = "number-out-of-range"
        case suffix = "suffix-unclear"
        case textAfterwards = "text-afterwards"
    }

    package let code: Code
    /// The character it stopped at, counted from 1 in the text as given; nil where no one character
    /// is at fault.
    package let position: Int?

    init(_ code: Code, at position: Int? = nil) { (self.code, self.position) = (code, position) }

    package var reason: Bilingual {
        let base = words
        guard let position else { return base }
        return Bilingual(
            "\(base.english) (at character \(position))", "\(base.chinese)（第\(position)个字符处）")
    }

    package var description: String { reason.english }

    private var words: Bilingual {
        switch code {
        case .empty: Bilingual("The case number is empty", "案号为空")
        case .tooLong: Bilingual("Too long for a case number", "案号过长")
        case .character:
            Bilingual("A character that no case number has", "含有案号中不会出现的字符")
        case .yearMissing:
            Bilingual("A case number begins with a year of four digits", "案号应以四位年份开头")
        case .yearOutOfRange: Bilingual("No year of a case", "案号年份不合理")
        case .courtMissing: Bilingual("The court code is missing", "案号缺少法院代字")
        case .courtTooLong: Bilingual("Too long for a court code", "法院代字过长")
        case .typeMissing: Bilingual("The type code is missing", "案号缺少类型代字")
        case .typeTooLong: Bilingual("Too long for a type code", "类型代字过长")
        case .numberMissing: Bilingual("The number of the case is missing", "案号缺少案件编号")
        case .numberOutOfRange: Bilingual("No number of a case", "案件编号不合理")
        case .suffix: Bilingual("The suffix after 之 is no number", "“之”后的序号无法识别")
        case .textAfterwards: Bilingual("Text after the case number", "案号之后还有其他文字")
        }
    }
}
