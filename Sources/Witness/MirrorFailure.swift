package import Evidence

/// Why a mirror cannot take what a log's server gave it, or cannot use what it holds.
package struct MirrorFailure: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        /// The server has not what its checkpoint says there is.
        case missing = "mirror-source-missing"
        /// A file that is longer or shorter than it can be.
        case malformed = "mirror-source-malformed"
        /// Entries, tiles and checkpoint do not fit each other.
        case differs = "mirror-source-differs"
        /// The server's checkpoint is smaller than what the mirror holds.
        case rollback = "mirror-source-behind"
        /// It does not extend what the mirror holds: two histories under one key.
        case fork = "mirror-source-forked"
        /// What the mirror holds is not what it wrote.
        case damaged = "mirror-damaged"
    }

    package let kind: Code
    /// A tile, or two sizes.
    package let detail: String

    package init(_ kind: Code, _ detail: String = "") { (self.kind, self.detail) = (kind, detail) }

    package var code: String { kind.rawValue }

    package var disposition: Disposition {
        switch kind {
        case .missing, .rollback: .retry
        case .malformed, .differs, .fork: .quarantine
        case .damaged: .stop
        }
    }

    package var problem: Bilingual {
        let base =
            switch kind {
            case .missing:
                Bilingual("The log's server lacks a file", "存证日志服务器缺少文件")
            case .malformed:
                Bilingual("A file of the log's server has a wrong length", "存证日志服务器的文件长度错误")
            case .differs:
                Bilingual(
                    "A file of the log's server does not fit its checkpoint",
                    "存证日志服务器的文件与检查点不符")
            case .rollback:
                Bilingual(
                    "The log's server shows an older log than this mirror holds",
                    "存证日志服务器的内容旧于本镜像")
            case .fork:
                Bilingual(
                    "The log's server shows another history than this mirror holds",
                    "存证日志服务器的历史与本镜像不一致")
            case .damaged:
                Bilingual("This mirror's own copy is damaged", "本镜像的副本已损坏")
            }
        if detail.isEmpty { return base }
        return Bilingual(base.english + ": " + detail, base.chinese + "：" + detail)
    }

    package var nextStep: Bilingual {
        switch kind {
        case .missing, .malformed, .rollback:
            Bilingual("It is tried again; if it stays, ask the station.", "将自动重试；如持续出现请联系站点。")
        case .differs, .fork:
            Bilingual(
                "Cosign nothing; keep this mirror as it is and ask the station.",
                "请停止联署，保持镜像现状，并联系站点核实。")
        case .damaged:
            Bilingual(
                "Look at the disk; a new mirror can be made beside this one.",
                "请检查磁盘；可另行建立新的镜像。")
        }
    }
}
