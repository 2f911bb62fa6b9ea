import DurableFiles
import Evidence

// The bag as a bag: its form, its manifests, what lies in it and in none of them.
extension BagVerifier {
    /// Both digests of every file, each read once; nil for one that cannot be read.
    func digests(of listing: ForeignListing) throws -> [String: BothDigests.Found?] {
        try listing.files.reduce(into: [:]) { all, file in
            var found = BothDigests()
            let isThere = try folder.read(file.key) { found.update($0) }
            let digests = found.finish()
            all[file.key] = .some(isThere ? digests : nil)
        }
    }

    func form(_ listing: ForeignListing) throws -> BagReport.Outcome {
        var findings = LayerFindings()
        for place in listing.strange {
            findings.add(
                "strange-file", place,
                Bilingual("neither file nor folder that can be read", "不是可读取的文件或文件夹"))
        }
        let declaration = try text(BagLayout.declaration, limit: 4096) ?? []
        if declaration.filter({ $0 != 0x0d }) != Array(BagLayout.declarationText.utf8) {
            findings.add(
                "malformed", BagLayout.declaration,
                Bilingual("not a bag of version 1.0", "不是 1.0 版 BagIt 包"))
        }
        let payload = listing.files.filter { $0.key.hasPrefix(BagLayout.payload) }
        let bytes = payload.values.reduce(Int64(0)) { $0.addingReportingOverflow($1).partialValue }
        let oxum = "\(bytes).\(payload.count)"
        let info = try text(BagLayout.info, limit: 1 << 20) ?? []
        let label = Array("Payload-Oxum:".utf8)
        let stated = info.split(separator: 0x0a).filter { $0.starts(with: label) }.map {
            SafeText.of(bytes: Array($0.dropFirst(label.count))).filter { $0 != " " }
        }
        if stated != [oxum] {
            findings.add(
                "oxum-differs", BagLayout.info,
                Bilingual("the payload has another size", "文件总大小或数量不符"),
                expected: stated.first, found: oxum)
        }
        if payload.isEmpty {
            findings.add(
                "nothing-to-check", BagLayout.payload,
                Bilingual("no footage: nothing to check", "没有任何文件可供核验"))
        }
        return findings.outcome(
            Bilingual(
                "files: \(payload.count), bytes: \(bytes)", "\(payload.count) 个文件，\(bytes) 字节"))
    }

    /// That the manifests of both algorithms list just the files that are there, with their digests.
    func manifests(
        of digests: [String: BothDigests.Found?], isTag: Bool
    ) throws -> BagReport.Outcome {
        let files = digests.filter { place, _ in
            isTag
                ? !place.hasPrefix(BagLayout.payload) && !place.hasPrefix("tagmanifest-")
                : place.hasPrefix(BagLayout.payload)
        }
        var findings = LayerFindings()
        for algorithm in ["sha256", "sm3"] {
            let place = BagManifest.place(algorithm, isTag: isTag)
            guard let bytes = try text(place) else {
                findings.add("missing", place, BagWords.missing)
                continue
            }
            let manifest: BagManifest
            do { manifest = try BagManifest(parsing: bytes) } catch {
                findings.add(
                    "malformed", place, BagWords.malformed(error.problem, line: error.line))
                continue
            }
            compare(manifest, algorithm, files, in: place, &findings)
        }
        if isTag {
            for place in digests.keys
            where place.hasPrefix("tagmanifest-")
                && !["tagmanifest-sha256.txt", "tagmanifest-sm3.txt"].contains(place)
            {
                findings.add("added", place, BagWords.added)
            }
        }
        return findings.outcome(
            Bilingual("files: \(files.count), SHA-256 and SM3", "\(files.count) 个文件，SHA-256 与 SM3"))
    }

    private func compare(
        _ manifest: BagManifest, _ algorithm: String, _ files: [String: BothDigests.Found?],
        in place: String, _ findings: inout LayerFindings
    ) {
        if manifest.digests.isEmpty {
            findings.add(
                "nothing-to-check", place, Bilingual("lists nothing", "清单为空"))
        }
        for (file, wanted) in manifest.digests.sorted(by: { $0.key < $1.key }) {
            guard let entry = files[file] else {
                findings.add("missing", file, BagWords.missing, expected: Hex.encode(wanted))
                continue
            }
            let found = entry.map { algorithm == "sm3" ? $0.sm3.bytes : $0.sha256.bytes }
            guard found != wanted else { continue }
            findings.add(
                "digest-differs", file, BagWords.differs, expected: Hex.encode(wanted),
                found: found.map { Hex.encode($0) } ?? "-")
        }
        for file in files.keys.sorted() where manifest.digests[file] == nil {
            findings.add("added", file, BagWords.added)
        }
    }

    // MARK: - Tables and copies

    func tables(_ custody: CustodyReading) throws -> BagReport.Outcome {
        var findings = LayerFindings()
        for (place, wanted) in [
            (BagLayout.events, custody.tables.events), (BagLayout.names, custody.tables.names),
        ] {
            guard let found = try text(place) else {
                findings.add("missing", place, BagWords.missing)
                continue
            }
            guard found != wanted else { continue }
            let line =
                zip(found, wanted).prefix { $0 == $1 }.count { $0.0 == 0x0a } + 1
            findings.add(
                "table-differs", place,
                Bilingual(
                    "line \(line) does not say what the entries and rows say",
                    "第 \(line) 行与条目及记录不符"))
        }
        return findings.outcome(Bilingual("events and names", "事件表与文件名表"))
    }

    func trustCopies() throws -> BagReport.Outcome {
        var words: [Bilingual] = []
        for (place, own) in [
            (BagLayout.policy, trust.policyFile), (BagLayout.authority, trust.authorityFile),
        ] {
            guard let copy = try text(place, limit: 1 << 20) else { continue }
            let isSame = copy == own
            words.append(
                own.isEmpty
                    ? Bilingual("\(place): not used", "\(place)：未采用")
                    : Bilingual(
                        "\(place): \(isSame ? "equal to" : "other than") yours",
                        "\(place)：与您的文件\(isSame ? "相同" : "不同")"))
        }
        guard !words.isEmpty else { return .absent(BagWords.notThere) }
        // Never believed: neither holds nor fails.
        return .absent(
            Bilingual(
                "untrusted; " + words.map(\.english).joined(separator: "; "),
                "不作为依据；" + words.map(\.chinese).joined(separator: "；")))
    }
}
