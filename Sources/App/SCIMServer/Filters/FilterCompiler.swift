import AccessModel
import Persistence

/// Makes SQL of a filter, exactly, for the resources of one kind. Every word of the client's is a parameter.
///
/// What a filter asks of an attribute without a value: `ne` holds, everything else does not. An attribute with several
/// values fits when one of them does.
struct FilterCompiler {
    private let columns: FilterColumns
    private var kind: ResourceKind { columns.kind }
    private var syntax: SearchSyntax { columns.syntax }

    init(_ columns: FilterColumns) { self.columns = columns }

    /// A condition on the row `r`.
    func condition(_ filter: Filter, _ text: inout SQLText) throws(SCIMError) -> String {
        switch filter {
        case .and(let left, let right):
            return "(\(try condition(left, &text)) AND \(try condition(right, &text)))"
        case .or(let left, let right):
            return "(\(try condition(left, &text)) OR \(try condition(right, &text)))"
        case .not(let filter): return Self.negated(try condition(filter, &text))
        case .present(let path): return try present(try resolve(path), path, &text)
        case .compare(let path, let comparison, let literal):
            return try compare(try resolve(path), path, comparison, literal, &text)
        case .values(let path, let filter):
            guard let rows = Self.rows(columns.column(try resolve(path), &text)) else {
                throw .filter("\(TextRule.quoted(path)) has not several values")
            }
            return "EXISTS (SELECT 1 FROM \(rows.source) AND \(try element(filter, rows, &text)))"
        }
    }

    /// Null is not true, so its opposite is.
    private static func negated(_ condition: String) -> String { "NOT coalesce((\(condition)), FALSE)" }

    private func resolve(_ path: String) throws(SCIMError) -> AttributePath {
        guard let resolved = AttributePath(path, in: kind) else {
            throw .filter("\(TextRule.quoted(path)) is no attribute of a \(kind.rawValue)")
        }
        return resolved
    }

    private static func rows(_ column: FilterColumn?) -> FilterRows? {
        switch column {
        case .rows(let rows)?: rows
        case .whole(_, let rows)?: rows
        default: nil
        }
    }

    // MARK: Single attributes

    private func present(_ path: AttributePath, _ name: String, _ text: inout SQLText) throws(SCIMError) -> String {
        switch columns.column(path, &text) {
        case .text(let column)?, .flag(let column)?, .time(let column)?: return "(\(column) IS NOT NULL)"
        case .whole(let isPresent, _)?: return "(\(isPresent))"
        case .schemas?: return "TRUE"
        case .rows(let rows)?:
            guard let sub = path.sub else { return "EXISTS (SELECT 1 FROM \(rows.source))" }
            return "EXISTS (SELECT 1 FROM \(rows.source) AND \(try Self.column(sub, rows)) IS NOT NULL)"
        case nil: throw .filter("\(TextRule.quoted(name)) cannot be filtered by")
        }
    }

    private func compare(
        _ path: AttributePath, _ name: String, _ comparison: Filter.Operator, _ literal: Filter.Literal,
        _ text: inout SQLText
    ) throws(SCIMError) -> String {
        // A complex attribute means its `value`: Entra asks for `members eq "..."`.
        var path = path
        if path.sub == nil, let attribute = path.attribute, attribute.kind == .complex {
            guard let value = attribute.subAttribute("value") else {
                throw .filter("\(TextRule.quoted(name)) has parts; name one of them")
            }
            path = AttributePath(path.ofExtension, attribute, value)
        }
        guard let definition = path.target else { throw .filter("\(TextRule.quoted(name)) is a schema") }
        let operand = try FilterOperand(literal, comparison, definition)
        if case .absent = operand {
            let present = try present(path, name, &text)
            return comparison == .notEqual ? present : Self.negated(present)
        }
        switch columns.column(path, &text) {
        case .text(let column)?, .flag(let column)?, .time(let column)?:
            return self.comparison(column, comparison, operand, &text)
        case .schemas?: return try schemas(comparison, operand)
        case .rows(let rows)?:
            let column = try Self.column(path.sub ?? definition, rows)
            return "EXISTS (SELECT 1 FROM \(rows.source) AND \(self.comparison(column, comparison, operand, &text)))"
        case .whole?, nil: throw .filter("\(TextRule.quoted(name)) cannot be filtered by")
        }
    }

    /// Of the schemas that a resource names, the core one is always there.
    private func schemas(_ comparison: Filter.Operator, _ operand: FilterOperand) throws(SCIMError) -> String {
        guard comparison == .equal, case .text(let urn) = operand else {
            throw .filter("`schemas` can be asked for with `eq` alone")
        }
        if urn.lowercased() == kind.core.key { return "TRUE" }
        guard let known = kind.extensions.first(where: { $0.key == urn.lowercased() }) else { return "FALSE" }
        return "(\(syntax.isPresent([known.searchName])))"
    }

    // MARK: Values of an attribute that may have several

    private func element(
        _ filter: Filter, _ rows: FilterRows, _ text: inout SQLText
    ) throws(SCIMError) -> String {
        switch filter {
        case .and(let left, let right):
            return "(\(try element(left, rows, &text)) AND \(try element(right, rows, &text)))"
        case .or(let left, let right):
            return "(\(try element(left, rows, &text)) OR \(try element(right, rows, &text)))"
        case .not(let filter): return Self.negated(try element(filter, rows, &text))
        case .values: throw .filter("a bracket stands within a bracket")
        case .present(let path): return "(\(try Self.column(try sub(path, rows), rows)) IS NOT NULL)"
        case .compare(let path, let comparison, let literal):
            let sub = try sub(path, rows)
            let column = try Self.column(sub, rows)
            let operand = try FilterOperand(literal, comparison, sub)
            if case .absent = operand { return "(\(column) IS \(comparison == .notEqual ? "NOT " : "")NULL)" }
            return self.comparison(column, comparison, operand, &text)
        }
    }

    private func sub(_ path: String, _ rows: FilterRows) throws(SCIMError) -> AttributeDefinition {
        guard let sub = rows.definition.subAttribute(path) else {
            throw .filter("\(TextRule.quoted(path)) is no attribute of `\(rows.definition.name)`")
        }
        return sub
    }

    private static func column(_ sub: AttributeDefinition, _ rows: FilterRows) throws(SCIMError) -> String {
        guard let column = rows.column(sub) else {
            throw .filter("`\(rows.definition.name).\(sub.name)` cannot be filtered by")
        }
        return column
    }

    // MARK: Operators

    private func comparison(
        _ column: String, _ comparison: Filter.Operator, _ operand: FilterOperand, _ text: inout SQLText
    ) -> String {
        let value: String
        switch operand {
        case .absent: return "(\(column) IS NULL)"
        case .bool(let flag):
            value = column == "r.active" ? (flag ? "1" : "0") : "'\(flag)'"
        case .instant(let instant): value = text.bind(.instant(instant))
        case .text(let part): value = text.bind(text: part)
        }
        switch comparison {
        case .equal: return "(\(column) = \(value))"
        case .notEqual: return "(\(column) IS NULL OR \(column) <> \(value))"
        case .contains: return "(\(syntax.contains(column, value)))"
        case .startsWith: return "(substr(\(column), 1, length(\(value))) = \(value))"
        case .endsWith:
            return """
                (length(\(column)) >= length(\(value)) \
                AND substr(\(column), length(\(column)) - length(\(value)) + 1) = \(value))
                """
        case .greater: return "(\(column) > \(value))"
        case .greaterOrEqual: return "(\(column) >= \(value))"
        case .less: return "(\(column) < \(value))"
        case .lessOrEqual: return "(\(column) <= \(value))"
        }
    }
}
