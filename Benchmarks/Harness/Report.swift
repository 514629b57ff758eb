import Foundation

/// Measurements as the tables of `docs/performance.md`.
struct Report {
    /// What stands between these two lines of the document is written by `report`; the rest by people.
    static let begin = "<!-- results: written by tenure-benchmarks report -->"
    static let end = "<!-- end of results -->"

    let measurements: [Measurement]

    /// One table an area, in the order of the registry.
    var markdown: String {
        var areas: [String] = []
        for workload in Workload.all where !areas.contains(workload.area) { areas.append(workload.area) }
        return areas.map { area in
            let rows = Workload.all.filter { $0.area == area }.flatMap { workload in
                measurements.filter { $0.workload == workload.name }.map(Self.row)
            }
            guard !rows.isEmpty else { return "" }
            return
                "### \(area)\n\n| workload | measured | goal | met | in the same run |\n| --- | --- | --- | --- | --- |\n"
                + rows.joined(separator: "\n") + "\n"
        }.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// The document with its tables replaced; nil where it has no place for them.
    func replacingTables(in document: String) -> String? {
        guard let begin = document.range(of: Self.begin), let end = document.range(of: Self.end),
            begin.upperBound <= end.lowerBound
        else { return nil }
        return document[..<begin.upperBound] + "\n\n" + markdown + "\n" + document[end.lowerBound...]
    }

    static func row(_ measurement: Measurement) -> String {
        let size = measurement.size.map { ", \(Figure.grouped($0))" } ?? ""
        let references = measurement.references.map { reference in
            guard let value = reference.value else { return "\(reference.name): skipped" }
            let ratio = value == 0 ? "" : " (\(Figure.text(measurement.value / value)) x)"
            return "\(reference.name) \(Figure.text(value, measurement.unit))\(ratio)"
        }
        let cells = [
            "`\(measurement.workload)` \(measurement.measure)\(size)", Figure.text(measurement.value, measurement.unit),
            measurement.goal.map { goal(of: $0, measurement) } ?? "",
            measurement.isMet.map { $0 ? "yes" : "**no**" } ?? "", references.joined(separator: "; "),
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private static func goal(of goal: Goal, _ measurement: Measurement) -> String {
        let words = goal.direction == .atLeast ? "at least" : "at most"
        guard let reference = goal.reference else { return "\(words) \(Figure.text(goal.number, measurement.unit))" }
        return "\(words) \(Figure.text(goal.number)) x \(reference)"
    }
}

/// How numbers are written: three digits that say something, thousands apart.
enum Figure {
    static func text(_ value: Double, _ unit: String = "") -> String {
        let digits =
            switch value.magnitude {
            case 1_000...: grouped(Int(value.rounded()))
            case 100...: String(format: "%.0f", value)
            case 10...: String(format: "%.1f", value)
            case 0.01...: String(format: "%.2f", value)
            default: String(format: "%.4f", value)
            }
        return unit.isEmpty ? digits : digits + " " + unit
    }

    static func grouped(_ number: Int) -> String {
        var text = ""
        for (place, digit) in String(number.magnitude).reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + String(text.reversed())
    }
}
