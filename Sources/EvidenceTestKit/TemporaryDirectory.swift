import Foundation
import Glibc

/// A directory of a test's own, removed with everything in it when the last reference goes.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() {
        var template = Array("/var/tmp/evidock-test-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, let made = mkdtemp(base) else {
                fatalError("no temporary directory: errno \(errno)")
            }
            return String(cString: made)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file below the directory, with the folders it needs.
    @discardableResult
    package func write(_ bytes: [UInt8], at relative: String) -> String {
        let full = path + "/" + relative
        var made = path
        for part in relative.split(separator: "/").dropLast() {
            made += "/" + part
            mkdir(made, 0o755)
        }
        let descriptor = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        precondition(descriptor >= 0, "cannot write \(full)")
        defer { close(descriptor) }
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent)
            }
            precondition(count > 0, "cannot write \(full)")
            sent += count
        }
        return full
    }
}

/// What the team knows and the project does not carry: real footage and foreign vectors. A test
/// that needs it is skipped, visibly, where it is absent.
package enum SharedKnowledge {
    /// The folder beside the checkout, or the one that `EVIDOCK_SHARED` names.
    package static let path: String? = {
        let named = getenv("EVIDOCK_SHARED").map { String(cString: $0) }
        let parts = #filePath.split(separator: "/").dropLast(4)
        let beside = "/" + parts.joined(separator: "/") + "/shared"
        return [named, beside].compactMap { $0 }.first { access($0 + "/media", R_OK) == 0 }
    }()

    package static var isPresent: Bool { path != nil }
}
