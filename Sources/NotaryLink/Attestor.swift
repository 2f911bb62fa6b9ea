package import Evidence

/// What is said of an item to an attestation interface.
package struct AttestationSubject: Hashable, Sendable {
    package let device: String
    package let sha256: SHA256Digest
    package let role: FileRole
    /// Bytes.
    package let size: Int64
    /// The item's name in our ledger; never the file's own, which may name people.
    package let name: String
    package let address: String
    /// RFC 3339, as believed; nil where nothing is.
    package let start: String?
    package let end: String?
    package let saved: Timestamp

    package init(
        device: String, sha256: SHA256Digest, role: FileRole, size: Int64, name: String,
        address: String, start: String?, end: String?, saved: Timestamp
    ) {
        (self.device, self.sha256, self.role, self.size) = (device, sha256, role, size)
        (self.name, self.address, self.start, self.end) = (name, address, start, end)
        self.saved = saved
    }
}

/// What it answers. Read, and checked as far as it can be alone.
package struct AttestationReply: Hashable, Sendable {
    package let state: AttestationRow.State
    package let number: String
    /// In hexadecimal digits; there where it is done.
    package let chainDigest: String?
    /// Of the certificate's PDF; nil where there is none.
    package let certificate: SHA256Digest?

    package init(
        state: AttestationRow.State, number: String, chainDigest: String?,
        certificate: SHA256Digest?
    ) {
        (self.state, self.number) = (state, number)
        (self.chainDigest, self.certificate) = (chainDigest, certificate)
    }
}

/// An attestation interface: it takes digests, and later says that it has entered them. One adapter a
/// vendor.
package protocol Attestor: Sendable {
    /// Whose it is; as it stands in the ledger.
    var name: String { get }

    /// Posts a digest. Where the same was posted before, the answer is about that.
    func submit(_ subject: AttestationSubject) async throws -> AttestationReply

    /// Asks how far it is.
    func look(at number: String, sha256: SHA256Digest) async throws -> AttestationReply

    /// The certificate's PDF; its digest is the caller's to check.
    ///
    /// - Parameter limit: the most bytes that are taken.
    func certificate(_ number: String, limit: Int) async throws -> [UInt8]
}

/// Why an answer of an attestation interface is not taken.
package struct AttestationFault: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        case refused = "attestation-refused"
        case malformed = "malformed-attestation"
        case contradictory = "contradictory-attestation"
    }

    package let kind: Code
    /// A constant word, or a status of HTTP.
    package let detail: String

    package init(_ kind: Code, _ detail: String) { (self.kind, self.detail) = (kind, detail) }

    package var code: String { kind.rawValue }
    package var disposition: Disposition { .quarantine }

    package var problem: Bilingual {
        switch kind {
        case .refused:
            Bilingual(
                "The attestation interface refuses: \(detail)", "存证接口拒绝：\(detail)")
        case .malformed:
            Bilingual(
                "The attestation interface's answer cannot be read: \(detail)",
                "存证接口的答复无法读取：\(detail)")
        case .contradictory:
            Bilingual(
                "The attestation interface's answer contradicts what it was asked: \(detail)",
                "存证接口的答复与所提交内容不符：\(detail)")
        }
    }

    package var nextStep: Bilingual {
        Bilingual(
            "Nothing of it is entered; it is asked again later. Tell whoever runs the interface.",
            "未作登记，稍后将重试；请告知接口运营方。")
    }
}
