import DurableFiles

/// A text that leaves the store as a file.
package enum OutgoingText {
    /// Whole and synced when it returns; nothing may stand there.
    package static func write(_ text: String, to path: String) throws {
        let file = try OutgoingFile(path: path)
        try Array(text.utf8).withUnsafeBytes { try file.write($0) }
        try file.publish()
    }
}
