import Persistence

/// A statement that grows: its values are parameters, never text.
struct SQLText {
    private(set) var parameters: [SQLValue] = []

    /// The place of a value, `$7`.
    mutating func bind(_ value: SQLValue) -> String {
        parameters.append(value)
        return "$\(parameters.count)"
    }

    /// The place of a text where the statement does not say by itself that it is one.
    mutating func bind(text: String) -> String { "CAST(\(bind(.text(text))) AS TEXT)" }
}

/// What both dialects spell differently about the JSON that resources are searched by.
struct SearchSyntax: Sendable {
    let dialect: SQLDialect

    /// A text within `scim_resources.search`, at names of the schemas' own.
    func text(_ path: [String]) -> String {
        switch dialect {
        case .sqlite: "json_extract(r.search, '$.\(path.joined(separator: "."))')"
        case .postgresql:
            "((CAST(r.search AS JSONB) #>> '{\(path.joined(separator: ","))}') COLLATE \"C\")"
        }
    }

    /// A text of the first value of a list.
    func first(_ path: [String], _ name: String) -> String {
        switch dialect {
        case .sqlite: "json_extract(r.search, '$.\(path.joined(separator: "."))[0].\(name)')"
        case .postgresql:
            "((CAST(r.search AS JSONB) #>> '{\(path.joined(separator: ",")),0,\(name)}') COLLATE \"C\")"
        }
    }

    /// Whether there is something at all.
    func isPresent(_ path: [String]) -> String {
        switch dialect {
        case .sqlite: "json_type(r.search, '$.\(path.joined(separator: "."))') IS NOT NULL"
        case .postgresql: "(CAST(r.search AS JSONB) #> '{\(path.joined(separator: ","))}') IS NOT NULL"
        }
    }

    /// The values of a list, each as a row `e`.
    func elements(_ path: [String]) -> String {
        switch dialect {
        case .sqlite: "json_each(r.search, '$.\(path.joined(separator: "."))') AS e"
        case .postgresql:
            "jsonb_array_elements(CAST(r.search AS JSONB) #> '{\(path.joined(separator: ","))}') AS e(value)"
        }
    }

    /// A text of such a row.
    func element(_ name: String) -> String {
        switch dialect {
        case .sqlite: "json_extract(e.value, '$.\(name)')"
        case .postgresql: "((e.value ->> '\(name)') COLLATE \"C\")"
        }
    }

    func contains(_ text: String, _ part: String) -> String {
        switch dialect {
        case .sqlite: "instr(\(text), \(part)) > 0"
        case .postgresql: "strpos(\(text), \(part)) > 0"
        }
    }

    /// What locks the rows that a statement reads until the transaction ends. SQLite's writer is alone anyway.
    var lock: String { dialect == .postgresql ? "FOR UPDATE" : "" }
}

extension SchemaDefinition {
    /// The name of an extension in `scim_resources.search`.
    var searchName: String { name.lowercased() }
}
