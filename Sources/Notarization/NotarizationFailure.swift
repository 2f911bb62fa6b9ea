package import Evidence

/// Why something from a notary, or for one, cannot be used.
package struct NotarizationFailure: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        /// The folder holds no answer of a witness.
        case noAnswer = "no-witness-answer"
        /// No line of it is by a witness of the policy, or one does not hold.
        case notOurWitness = "not-our-witness"
    }

    package let kind: Code

    package init(_ kind: Code) { self.kind = kind }

    package var code: String { kind.rawValue }

    /// Always `quarantine`: the station works on without it.
    package var disposition: Disposition { .quarantine }

    package var problem: Bilingual {
        switch kind {
        case .noAnswer:
            Bilingual(
                "The folder holds no answer of a notary cosigner.", "文件夹中没有公证联署节点的答复。")
        case .notOurWitness:
            Bilingual(
                "No cosignature in the answer is by a notary cosigner of the policy, or one does not hold.",
                "答复中没有信任策略所列公证联署节点的有效联署签名。")
        }
    }

    package var nextStep: Bilingual {
        switch kind {
        case .noAnswer:
            Bilingual(
                "Name the folder that the notary gave back; copy it again if it was cut off.",
                "请指定公证机构交回的文件夹；如复制不完整请重新复制。")
        case .notOurWitness:
            Bilingual(
                "Compare the policy with the notary's published key.", "请将信任策略与公证机构公布的公钥核对。")
        }
    }
}
