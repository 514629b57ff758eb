import AccessModel
import ConnectorKit

/// Which tables are of which class of data, and what a role may do with each class.
struct AccessRules: Sendable {
    let classes: [DataClass]
    /// By the role's name, then by the class's. What is not there is nothing.
    let privileges: [String: [String: Set<TablePrivilege>]]

    /// The classes that lie in `scope`.
    func classes(in scope: Coordinate) -> [DataClass] { classes.filter { $0.covers.meets(scope) } }

    func privileges(of role: String, on dataClass: String) -> Set<TablePrivilege> {
        privileges[role]?[dataClass] ?? []
    }

    /// The class of a table: that which names it, or else that of its schema.
    func dataClass(schema: String, table: String) -> DataClass? {
        classes.first { $0.tables.contains(TableName(schema: schema, table: table)) }
            ?? classes.first { $0.schemas.contains(schema) }
    }

    static func read(_ settings: inout SettingsReader) throws(ConnectorError) -> AccessRules {
        var classes: [DataClass] = []
        for var entry in try settings.nestedList("classes") {
            let dataClass = try DataClass.read(&entry)
            guard !classes.contains(where: { $0.name == dataClass.name }) else {
                throw settings.error("the class `\(dataClass.name)` is there twice", about: "classes")
            }
            for other in classes {
                if let schema = other.schemas.intersection(dataClass.schemas).sorted().first {
                    throw settings.error(
                        "the schema `\(schema)` is of two classes, `\(other.name)` and `\(dataClass.name)`",
                        about: "classes")
                }
                if let table = other.tables.intersection(dataClass.tables).first {
                    throw settings.error(
                        "the table `\(table)` is of two classes, `\(other.name)` and `\(dataClass.name)`",
                        about: "classes")
                }
            }
            classes.append(dataClass)
        }
        return AccessRules(classes: classes, privileges: try privileges(&settings, classes))
    }

    private static func privileges(
        _ settings: inout SettingsReader, _ classes: [DataClass]
    ) throws(ConnectorError) -> [String: [String: Set<TablePrivilege>]] {
        var privileges: [String: [String: Set<TablePrivilege>]] = [:]
        guard var section = try settings.nested("roles") else { return privileges }
        for role in Role.allCases {
            guard var entry = try section.nested(role.rawValue) else { continue }
            for dataClass in classes {
                var set: Set<TablePrivilege> = []
                for word in try entry.strings(dataClass.name) {
                    guard let privilege = TablePrivilege(rawValue: word.uppercased()) else {
                        let all = TablePrivilege.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                        throw entry.error("`\(word)` is no privilege on tables; there are \(all)")
                    }
                    set.insert(privilege)
                }
                privileges[role.rawValue, default: [:]][dataClass.name] = set
            }
            try entry.finish()
        }
        try section.finish()
        return privileges
    }
}

/// What can be granted on a table.
enum TablePrivilege: String, CaseIterable, Comparable, Sendable {
    case select = "SELECT"
    case insert = "INSERT"
    case update = "UPDATE"
    case delete = "DELETE"
    case truncate = "TRUNCATE"
    case references = "REFERENCES"
    case trigger = "TRIGGER"

    static func < (left: TablePrivilege, right: TablePrivilege) -> Bool { left.rawValue < right.rawValue }
}

/// A schema and a table in it, by their names as they are kept, without quotes.
struct TableName: Hashable, Sendable, CustomStringConvertible {
    let schema: String
    let table: String

    init(schema: String, table: String) {
        self.schema = schema
        self.table = table
    }

    /// `schema.table`; the schema's name is without dots then.
    init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(schema: String(parts[0]), table: String(parts[1]))
    }

    var description: String { "\(schema).\(table)" }
}

/// Tables of which a role may do the same things.
struct DataClass: Sendable {
    let name: String
    /// All of their tables, but for those that another class names.
    let schemas: Set<String>
    let tables: Set<TableName>
    /// Whose future tables in the schemas are granted as they are made.
    let owners: [String]
    let covers: Coordinate

    /// The schemas that something of it lies in.
    var touchedSchemas: Set<String> { schemas.union(tables.map(\.schema)) }

    static func read(_ entry: inout SettingsReader) throws(ConnectorError) -> DataClass {
        let name = try entry.string("name")
        let schemas = try entry.strings("schemas")
        var tables: Set<TableName> = []
        for text in try entry.strings("tables") {
            guard let table = TableName(text) else {
                throw entry.error("`\(text)` is no table; write it as `schema.table`")
            }
            tables.insert(table)
        }
        let owners = try entry.strings("owners")
        var covers = Coordinate()
        if var place = try entry.nested("covers") {
            covers.sector = try dimension("sector", &place)
            covers.tier = try dimension("tier", &place)
            covers.region = try dimension("region", &place)
            covers.tenant = try dimension("tenant", &place)
            try place.finish()
        }
        try entry.finish()
        guard !schemas.isEmpty || !tables.isEmpty else {
            throw entry.error("the class `\(name)` has neither `schemas` nor `tables`")
        }
        let names = schemas + owners + tables.flatMap { [$0.schema, $0.table] }
        if let wrong = names.first(where: { !RoleName.fits($0) }) {
            throw entry.error("`\(wrong)` is longer than the 63 bytes that a name may have")
        }
        return DataClass(name: name, schemas: Set(schemas), tables: tables, owners: owners, covers: covers)
    }

    private static func dimension(
        _ name: String, _ place: inout SettingsReader
    ) throws(ConnectorError) -> Coordinate.Dimension {
        guard let text = try place.optionalString(name) else { return .all }
        guard let dimension = Coordinate.Dimension(text) else {
            throw place.error("`covers.\(name)` is `\(text)`; it must be a name, `_` or `*`")
        }
        return dimension
    }
}

extension Coordinate {
    /// Whether any place lies in both.
    func meets(_ other: Coordinate) -> Bool {
        sector.meets(other.sector) && tier.meets(other.tier) && region.meets(other.region)
            && tenant.meets(other.tenant)
    }

    /// `sector/tier/region/tenant`; nil for anything else.
    init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let dimensions = parts.compactMap { Coordinate.Dimension(String($0)) }
        guard parts.count == 4, dimensions.count == 4 else { return nil }
        self.init(sector: dimensions[0], tier: dimensions[1], region: dimensions[2], tenant: dimensions[3])
    }
}

extension Coordinate.Dimension {
    fileprivate func meets(_ other: Coordinate.Dimension) -> Bool {
        guard case .exactly(let one) = self, case .exactly(let two) = other else { return true }
        return one == two
    }
}
