import AccessModel

/// Where a setting has its value from; a later one wins.
public enum SettingSource: Hashable, Sendable, CustomStringConvertible {
    /// Nobody said anything.
    case standard
    case file(SourceLocation)
    /// A variable of the environment.
    case environment(String)
    /// On the command line.
    case flag(String)

    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let place): "\(place)"
        case .environment(let name): "$\(name)"
        case .flag(let name): name
        }
    }

    /// For diagnostics, which have a place.
    var place: SourceLocation {
        switch self {
        case .standard: SourceLocation(file: "default", line: 1, column: 1)
        case .file(let place): place
        case .environment(let name): SourceLocation(file: "$\(name)", line: 1, column: 1)
        case .flag(let name): SourceLocation(file: name, line: 1, column: 1)
        }
    }
}
