import Evidence

/// Which sidecar belongs to which footage: by name, in the same folder.
enum SidecarLinks {
    /// The files with every sidecar's footage set, where it is on the card.
    ///
    /// In order: `a.mp4.md5` to `a.mp4`; `a.md5` to `a.mp4`; with what the family adds to or leaves
    /// out of the stem. Capital and small letters are alike, but the exact name goes first; of
    /// several, video before audio before photo.
    static func linked(_ files: [FootageFile], profile: RecorderProfile) -> [FootageFile] {
        guard files.contains(where: { $0.role == .sidecar }) else { return files }
        var byName: [[UInt8]: [Int]] = [:]
        var byStem: [[UInt8]: [Int]] = [:]
        for (index, file) in files.enumerated() where file.role.isFootage {
            byName[file.path.folded, default: []].append(index)
            byStem[file.path.stem.folded, default: []].append(index)
        }
        return files.map { file in
            guard file.role == .sidecar else { return file }
            let stem = file.path.stem
            var found = byName[stem.folded] ?? byStem[stem.folded]
            for suffix in profile.sidecarSuffixes where found == nil {
                let folded = stem.folded
                guard folded.suffix(suffix.count) == suffix[...] else { continue }
                found = byStem[Array(folded.dropLast(suffix.count))]
            }
            for suffix in profile.footageSuffixes where found == nil {
                found = byStem[stem.folded + suffix]
            }
            guard let found, let best = best(of: found, for: stem, in: files) else { return file }
            return FootageFile(
                path: file.path, size: file.size, modified: file.modified, role: file.role,
                claims: file.claims, sidecarOf: files[best].path)
        }
    }

    private static func best(
        of candidates: [Int], for stem: RecorderPath, in files: [FootageFile]
    ) -> Int? {
        candidates.min { left, right in
            rank(files[left], stem) < rank(files[right], stem)
        }
    }

    private static func rank(_ file: FootageFile, _ stem: RecorderPath) -> Int {
        let isExact = file.path == stem || file.path.stem == stem
        let kind = FileRole.allCases.firstIndex(of: file.role) ?? 0
        return (isExact ? 0 : 8) + kind
    }
}
