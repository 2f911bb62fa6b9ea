package import Evidence

/// Why something could not be done about accounts.
package struct AccountFailure: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        case malformedName = "malformed-name"
        case nameTaken = "name-taken"
        case noSuchAccount = "no-such-account"
        case weakPassword = "weak-password"
        case weakPIN = "weak-pin"
        case invitationOver = "invitation-over"
        case wrongCode = "wrong-code"
        case lastAdmin = "last-admin"
        case noRole = "no-role"
        case noScope = "no-scope"
        case tokenDays = "token-days"
        case noSuchToken = "no-such-token"
        case unavailable = "accounts-unavailable"
    }

    package let reason: Code
    package let detail: Bilingual?

    package init(_ reason: Code, _ detail: Bilingual? = nil) {
        (self.reason, self.detail) = (reason, detail)
    }

    package var code: String { reason.rawValue }
    package var disposition: Disposition { reason == .unavailable ? .retry : .quarantine }

    package var problem: Bilingual {
        switch reason {
        case .malformedName:
            Bilingual(
                "An account's name has at most 40 letters and digits, with . _ - between them.",
                "账号名由不超过 40 个字母、数字组成，中间可含 . _ -。")
        case .nameTaken: Bilingual("There is one of this name already.", "该名称已存在。")
        case .noSuchAccount: Bilingual("There is no such account.", "没有该账号。")
        case .weakPassword:
            detail ?? Bilingual("The password is too easy to guess.", "密码过于简单。")
        case .weakPIN:
            Bilingual(
                "A PIN is six digits, at least three of them different, and not in a row.",
                "PIN 码为六位数字，至少含三个不同数字，且不能连续。")
        case .invitationOver:
            Bilingual("This link was used already, or its time is over.", "该链接已使用或已过期。")
        case .wrongCode: Bilingual("The one-time code is not right.", "动态验证码不正确。")
        case .lastAdmin:
            Bilingual("This is the last administrator.", "这是最后一个系统管理员。")
        case .noRole: Bilingual("An account has at least one role.", "账号至少应有一个角色。")
        case .noScope: Bilingual("A token is for something.", "令牌至少应有一个用途。")
        case .tokenDays:
            Bilingual("A token holds for 1 to 366 days.", "令牌有效期为 1 至 366 天。")
        case .noSuchToken: Bilingual("There is no such token.", "没有该令牌。")
        case .unavailable: Bilingual("The accounts cannot be read now.", "账号数据暂时无法读取。")
        }
    }

    package var nextStep: Bilingual {
        switch reason {
        case .malformedName, .nameTaken: Bilingual("Choose another name.", "请另选账号名。")
        case .noSuchAccount:
            Bilingual("See them with: evidock user list", "请用 evidock user list 查看。")
        case .weakPassword:
            Bilingual("Choose another one: a few words are good.", "请换一个，例如几个词组成的短语。")
        case .weakPIN: Bilingual("Choose another one.", "请另选一个。")
        case .invitationOver:
            Bilingual("Ask the administrator for a new link.", "请向系统管理员索取新链接。")
        case .wrongCode:
            Bilingual("Wait for the next code, and type that.", "请等待下一个验证码后重新输入。")
        case .lastAdmin: Bilingual("Name another one first.", "请先指定另一个系统管理员。")
        case .noRole: Bilingual("Name one with --role.", "请用 --role 指定角色。")
        case .noScope:
            Bilingual(
                "Name one with --scope: verify, records, footage, figures.",
                "请用 --scope 指定：verify、records、footage、figures。")
        case .tokenDays: Bilingual("Name another number.", "请另填天数。")
        case .noSuchToken:
            Bilingual("See them with: evidock user tokens", "请用 evidock user tokens 查看。")
        case .unavailable: Bilingual("Try again.", "请重试。")
        }
    }
}
