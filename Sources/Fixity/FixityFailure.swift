package import Evidence

/// Why a key could not be used, or libcrypto could not do its work.
package struct FixityFailure: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        /// The text is not a PKCS#8 PEM key, or it is encrypted.
        case malformedKey = "malformed-key"
        /// The key is sound, but not an Ed25519 one.
        case wrongKeyType = "wrong-key-type"
        /// libcrypto lacks an algorithm: a restricted build, or a policy of the system.
        case algorithmMissing = "algorithm-missing"
        /// libcrypto refused what must always succeed, such as writing a key to memory.
        case libraryRefused = "crypto-library-refused"
    }

    package let kind: Code
    /// An algorithm or an operation. Never a key.
    package let detail: String

    package init(_ kind: Code, detail: String = "") { (self.kind, self.detail) = (kind, detail) }

    package var code: String { kind.rawValue }

    /// Always `stop`: without its key or its digests the ledger cannot go on.
    package var disposition: Disposition { .stop }

    package var problem: Bilingual {
        let base =
            switch kind {
            case .malformedKey:
                Bilingual("The signing key cannot be read", "签名密钥无法读取")
            case .wrongKeyType:
                Bilingual("The signing key is not an Ed25519 key", "签名密钥不是 Ed25519 密钥")
            case .algorithmMissing:
                Bilingual("libcrypto has no such algorithm", "libcrypto 不提供该算法")
            case .libraryRefused:
                Bilingual("libcrypto refused an operation", "libcrypto 操作失败")
            }
        if detail.isEmpty { return base }
        return Bilingual(base.english + ": " + detail, base.chinese + "：" + detail)
    }

    package var nextStep: Bilingual {
        switch kind {
        case .malformedKey, .wrongKeyType:
            Bilingual(
                "Put the station's own key file back from its backup", "请从备份恢复本站的签名密钥文件")
        case .algorithmMissing:
            Bilingual(
                "Use OpenSSL 3.0 or newer with its default provider",
                "请使用启用默认 provider 的 OpenSSL 3.0 及以上版本")
        case .libraryRefused:
            Bilingual("Start again; if it stays, reinstall libssl", "请重启服务；如仍失败请重新安装 libssl")
        }
    }
}
