import Evidence
import Fixity
import Recorders
import Vault

/// Compares footage with the checksum that its recorder wrote beside it (`.md5`).
struct ChecksumCheck: Sendable {
    private let sidecars: [RecorderPath: RecorderPath]

    init(visit: RecorderVisit) {
        var sidecars: [RecorderPath: RecorderPath] = [:]
        for file in visit.files where file.path.fileExtension == "md5" {
            if let footage = file.sidecarOf { sidecars[footage] = file.path }
        }
        self.sidecars = sidecars
    }

    /// What speaks against a file just sealed: footage that differs from its checksum, or a
    /// checksum file that is none. Nil where all is well or nothing was supplied.
    func finding(
        for file: FootageFile, sealed: VaultedItem, tree: RecorderTree, vault: Vault
    ) async -> Finding? {
        if file.path.fileExtension == "md5" {
            return await malformed(file.path, tree: tree)
        }
        guard let sidecar = sidecars[file.path],
            case .md5(let expected, _)? = await read(sidecar, tree: tree),
            let found = try? await vault.withObject(
                sealed.sha256,
                { try await vault.digest(of: $0, size: sealed.size, withMD5: true).md5 })
        else { return nil }
        guard found != expected else { return nil }
        return Finding(
            code: "checksum-differs", subject: file.path.display,
            message: Bilingual(
                "It differs from the recorder's own checksum.", "与记录仪自带的校验值不一致。"),
            expected: Hex.encode(expected), found: Hex.encode(found))
    }

    private func malformed(_ path: RecorderPath, tree: RecorderTree) async -> Finding? {
        guard case .malformed(let problem)? = await read(path, tree: tree) else { return nil }
        return Finding(
            code: "checksum-malformed", subject: path.display,
            message: Bilingual(
                "The checksum file is malformed (\(problem)): nothing could be checked with it.",
                "校验文件格式有误，无法用于核验。"))
    }

    private func read(_ path: RecorderPath, tree: RecorderTree) async -> ChecksumSidecar? {
        try? await offPool {
            // One byte more than is allowed, so that a longer one is seen to be too long.
            ChecksumSidecar.parse(try tree.head(of: path, limit: ChecksumSidecar.sizeLimit + 1))
        }
    }
}
