import Evidence

/// What a password must be: long enough and not one that everybody tries first. Nothing is asked of
/// its composition (NIST SP 800-63B section 3.1.1, OWASP ASVS 5.0 V6.2).
enum PasswordRules {
    static let length = 8...128

    /// - Throws: `weak-password`.
    static func check(_ password: String, of name: String) throws(AccountFailure) {
        guard password.unicodeScalars.count >= length.lowerBound else {
            throw AccountFailure(
                .weakPassword,
                Bilingual("A password has at least 8 characters.", "密码至少 8 个字符。"))
        }
        guard password.unicodeScalars.count <= length.upperBound else {
            throw AccountFailure(
                .weakPassword,
                Bilingual("A password has at most 128 characters.", "密码最多 128 个字符。"))
        }
        let folded = password.lowercased()
        let letters = folded.filter { $0.isLetter }
        guard !common.contains(folded), !common.contains(letters),
            !folded.contains(name.lowercased()) || name.count < 3,
            !folded.contains("evidock"), !isMonotonous(folded)
        else { throw AccountFailure(.weakPassword) }
    }

    /// One sign again and again, or all of them in a row as on the keyboard or in the alphabet.
    private static func isMonotonous(_ password: String) -> Bool {
        let signs = password.unicodeScalars.map { Int($0.value) }
        let steps = Set(zip(signs, signs.dropFirst()).map { $1 - $0 })
        if steps.isSubset(of: [0]) || steps == [1] || steps == [-1] { return true }
        if Set(signs).count < 4 { return true }
        let rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "0987654321"]
        return rows.contains { row in (row + row).contains(password) }
    }

    private static let common: Set<String> = Set(
        String(decoding: PackageResources.common_passwords_txt, as: UTF8.self)
            .split(whereSeparator: \.isNewline).map(String.init))
}
