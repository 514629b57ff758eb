import AccessModel

/// A plan's note in a line of its own, as a diagnostic is printed.
struct PlanNoteLine {
    private let note: PlanNote

    init(_ note: PlanNote) { self.note = note }

    func text(_ ink: Ink) -> String {
        let style: Ink.Style =
            switch note.severity {
            case .error: .red
            case .warning: .yellow
            case .note: .dim
            }
        let place = note.place.map { "\($0): " } ?? ""
        return TextTable.visible(place) + ink.styled("\(note.severity.rawValue):", style)
            + " \(TextTable.visible(note.message))"
    }
}
