/// How items are found by the digest of their content: by its first bytes, and then by all of it.
///
/// Digests fall anywhere in their index, so that each new one changes a page of its own; an index of
/// six bytes has a third of the pages of one of 32, and among ten million items none or two share them.
enum DigestIndex {
    /// What is in the index; SQLite takes it where the very same stands in a query
    /// (https://www.sqlite.org/expridx.html).
    static func key(_ value: String) -> String { "substr(\(value), 1, 6)" }

    /// That a column is a digest, each an SQL expression.
    static func isEqual(_ column: String, _ value: String) -> String {
        "(\(key(column)) = \(key(value)) AND \(column) = \(value))"
    }

    /// That it lies between two, or is one of them.
    static func isBetween(_ column: String, _ first: String, _ last: String) -> String {
        """
        (\(key(column)) >= \(key(first)) AND \(key(column)) <= \(key(last))
            AND \(column) >= \(first) AND \(column) <= \(last))
        """
    }
}
