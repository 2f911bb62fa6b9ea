import Evidence

/// A column for each value, as one SVG element that scales with its place. Its figures stand in a
/// table beside it, for whoever cannot see it.
enum BarChart {
    private static let (width, height, gap, foot) = (640, 160, 2, 18)

    /// - Parameters:
    ///   - columns: what is under a column, its value, and what a pointer over it says.
    ///   - label: what the chart shows, in words.
    static func svg(
        _ columns: [(foot: String, value: Double, title: String)], label: String
    ) -> String {
        let most = max(columns.map(\.value).max() ?? 0, 1e-9)
        let step = Double(width) / Double(max(columns.count, 1))
        // As many words below as there is room for.
        let every = max(1, Int((52 / step).rounded(.up)))
        var parts: [String] = []
        for (place, column) in columns.enumerated() {
            let tall = (column.value / most * Double(height)).rounded()
            let left = number(Double(place) * step)
            parts.append(
                """
                <rect x="\(left)" y="\(number(Double(height) - tall))" \
                width="\(number(step - Double(gap)))" height="\(number(tall))">\
                <title>\(escaped(column.title))</title></rect>
                """)
            if (columns.count - 1 - place) % every == 0 {
                let middle = number(min((Double(place) + 0.5) * step, Double(width) - 18))
                parts.append(
                    "<text x=\"\(middle)\" y=\"\(height + foot - 4)\">\(escaped(column.foot))</text>"
                )
            }
        }
        return """
            <svg class="chart" xmlns="http://www.w3.org/2000/svg" \
            viewBox="0 0 \(width) \(height + foot)" role="img" aria-label="\(escaped(label))">\
            <path d="M0 \(height)h\(width)"/>\(parts.joined())</svg>
            """
    }

    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(abs(tenths % 10))"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing("\"", with: "&quot;")
    }
}
