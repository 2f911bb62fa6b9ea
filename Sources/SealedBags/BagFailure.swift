package import Evidence

/// What keeps a bag from being made, or from being looked at. What is wrong with a bag that can be
/// looked at is a finding.
package struct BagFailure: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        /// No copy of an item's bytes is what the record says.
        case damagedItem = "bag-item-damaged"
        /// What the custody log gave does not belong together.
        case damagedLog = "bag-log-damaged"
        /// The folder is no sealed bag of evidock's.
        case notABag = "not-a-sealed-bag"
    }

    package let kind: Code
    /// An item, a leaf, a place in the bag.
    package let subject: String

    package init(_ kind: Code, _ subject: String = "") {
        (self.kind, self.subject) = (kind, subject)
    }

    package var code: String { kind.rawValue }

    package var disposition: Disposition {
        switch kind {
        case .damagedItem, .damagedLog: .stop
        case .notABag: .quarantine
        }
    }

    package var problem: Bilingual {
        switch kind {
        case .damagedItem:
            Bilingual(
                "No stored copy of \(subject) matches its record: the package was not made.",
                "\(subject) 的库存内容与存证记录不一致，未生成封存证据包。")
        case .damagedLog:
            Bilingual(
                "The custody log is damaged at \(subject): the package was not made.",
                "存证日志在 \(subject) 处损坏，未生成封存证据包。")
        case .notABag:
            Bilingual("This folder is no sealed evidence package.", "该文件夹不是封存证据包。")
        }
    }

    package var nextStep: Bilingual {
        switch kind {
        case .damagedItem:
            Bilingual("Run: evidock repair \(subject)", "请运行 evidock repair \(subject)。")
        case .damagedLog: Bilingual("Run: evidock audit", "请运行 evidock audit。")
        case .notABag:
            Bilingual("Name the folder that holds bagit.txt.", "请指定包含 bagit.txt 的文件夹。")
        }
    }
}
