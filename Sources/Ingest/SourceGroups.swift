import Evidence

/// Cuts a visit's files into groups that are sealed together: small files many at a time, large
/// ones each alone.
struct SourceGroups: Sequence, IteratorProtocol {
    private var rest: ArraySlice<FootageFile>
    private let settings: IngestSettings

    /// Large files first: they decide when the recorder may go, and the small ones fill the gaps.
    init(_ files: [FootageFile], settings: IngestSettings) {
        let large = files.filter { $0.size > settings.groupedFileBytes }
            .sorted { ($0.size, $1.path) > ($1.size, $0.path) }
        rest = (large + files.filter { $0.size <= settings.groupedFileBytes })[...]
        self.settings = settings
    }

    mutating func next() -> [FootageFile]? {
        guard let first = rest.popFirst() else { return nil }
        guard first.size <= settings.groupedFileBytes else { return [first] }
        var group = [first]
        var bytes = first.size
        while let file = rest.first, group.count < settings.groupFiles,
            bytes + file.size <= settings.groupBytes
        {
            group.append(file)
            bytes += file.size
            rest = rest.dropFirst()
        }
        return group
    }
}
