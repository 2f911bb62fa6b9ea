import Evidence
import Foundation
import Glibc

@testable import Inspection

/// Real recorders' files kept beside the package (their licences keep them out of it), and what
/// independent tools read from them.
enum SharedMedia {
    static let folder: String = {
        if let shared = ProcessInfo.processInfo.environment["EVIDOCK_SHARED"] {
            return shared + "/media"
        }
        // SharedMedia.swift, InspectionTests, Tests, the package.
        var place = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { place.deleteLastPathComponent() }
        return place.path + "/shared/media"
    }()

    static let expected: [String: JSONValue] = {
        guard let data = FileManager.default.contents(atPath: folder + "/expected.json"),
            let value = try? JSONReader.value(of: Array(data))
        else { return [:] }
        return value[key: "files"]?.objectValue ?? [:]
    }()

    static let names = expected.keys.sorted()
    static var isThere: Bool { !names.isEmpty }

    static func bytes(_ name: String) -> [UInt8] {
        FileManager.default.contents(atPath: folder + "/" + name).map(Array.init) ?? []
    }
}

/// The program under test, as built beside the tests.
enum InspectorProgram {
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init), as: UTF8.self)
        return URL(fileURLWithPath: own).deletingLastPathComponent().path + "/evidock-inspector"
    }()

    static var isThere: Bool { access(path, X_OK) == 0 }
}

extension Inspector {
    func facts(ofFile path: String) async -> MediaFacts {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { Glibc.close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        return await facts(of: descriptor, size: Int64(size), extension: path)
    }

    /// The facts of bytes that are on no disk.
    func facts(of bytes: [UInt8], extension end: String) async -> MediaFacts {
        let descriptor = MemoryFile.open(bytes)
        defer { Glibc.close(descriptor) }
        return await facts(of: descriptor, size: Int64(bytes.count), extension: end)
    }
}

enum MemoryFile {
    /// A descriptor of a file with no name, that the caller closes.
    static func open(_ bytes: [UInt8], size: Int64? = nil) -> CInt {
        var template = Array("/tmp/evidock-inspection-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        unlink(template)
        var done = 0
        while done < bytes.count {
            let written = bytes[done...].withUnsafeBytes {
                write(descriptor, $0.baseAddress, $0.count)
            }
            guard written > 0 else { break }
            done += written
        }
        if let size { ftruncate(descriptor, off_t(size)) }
        return descriptor
    }
}
