import Glibc

/// `IndexBench fill FILE RECORDINGS`, `new FILE DAY DOCKINGS`, `ask FILE DAYS ROUNDS`,
/// `peers FILE ROUNDS LIMIT`: each prints lines of JSON.
@main
struct IndexBench {
    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        let numbers = words.dropFirst(2).compactMap { Int($0) }
        guard let what = words.first, let path = words.dropFirst().first else { exit(2) }
        switch what {
        case "fill":
            // A day through the program's own code, then that day again and again.
            let indexing = try Indexing(path: path)
            _ = try await indexing.take(day: 0)
            try indexing.close()
            let days = max(1, numbers[0] / Indexing.perDay)
            try Multiplying(path: path).run(days: days)
            print("{\"recordings\": \(days * Indexing.perDay), \"days\": \(days)}")
        case "new":
            let indexing = try Indexing(path: path)
            let figures = try await indexing.take(day: Int64(numbers[0]), dockings: numbers[1])
            try indexing.close()
            var usage = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            print(
                """
                {"recordings": \(figures.recordings), "index": \(figures.indexSeconds), \
                "match": \(figures.matchSeconds), "linked": \(figures.linked), "peak": \(usage.ru_maxrss)}
                """)
        case "ask": try Questions(path: path, days: numbers[0]).ask(rounds: numbers[1])
        case "peers":
            try Questions(path: path, days: 1).askPeers(rounds: numbers[0], limit: numbers[1])
        default: exit(2)
        }
    }
}
