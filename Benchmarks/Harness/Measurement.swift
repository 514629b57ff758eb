import Foundation
import StrictJSON

/// One number, what it should be, and what it is held against.
struct Measurement: Sendable {
    let workload: String
    /// What was measured: `parse and plan`.
    let measure: String
    /// Identities, leaves, whatever the workload counts; nil where the number is of several sizes together.
    let size: Int?
    /// Of the value and of all references: `memberships/CPU-s`, `ms`, `KiB`; empty for a plain ratio.
    let unit: String
    let value: Double
    /// What the value is the median of.
    var samples: [Double] = []
    var goal: Goal?
    var references: [Reference] = []

    /// Nil without a goal, or where what the goal multiplies was not measured.
    var isMet: Bool? { goal.flatMap { $0.isMet(by: value, references) } }
}

extension Measurement {
    var json: JSONValue {
        [
            "workload": .string(workload), "measure": .string(measure),
            "size": size.map { .integer(Int64($0)) } ?? .null, "unit": .string(unit), "value": .number(value),
            "samples": .array(samples.map { .number($0) }), "goal": goal?.json ?? .null,
            "references": .array(references.map(\.json)), "met": isMet.map { .bool($0) } ?? .null,
        ]
    }

    /// Nil for what ``json`` does not write.
    init?(_ json: JSONValue) {
        guard let workload = json["workload"]?.string, let measure = json["measure"]?.string,
            let unit = json["unit"]?.string, let value = json["value"]?.double
        else { return nil }
        self.init(
            workload: workload, measure: measure, size: json["size"]?.integer.map { Int($0) }, unit: unit, value: value,
            samples: json["samples"]?.array?.compactMap(\.double) ?? [], goal: json["goal"].flatMap { Goal($0) },
            references: json["references"]?.array?.compactMap { Reference($0) } ?? [])
    }
}

extension Goal {
    fileprivate var json: JSONValue {
        [
            "direction": .string(direction.rawValue), "number": .number(number),
            "times": reference.map { .string($0) } ?? .null,
        ]
    }

    fileprivate init?(_ json: JSONValue) {
        guard let direction = json["direction"]?.string.flatMap(Direction.init(rawValue:)),
            let number = json["number"]?.double
        else { return nil }
        self.init(direction: direction, number: number, reference: json["times"]?.string)
    }
}

extension Reference {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "value": value.map { .number($0) } ?? .null,
            "skipped": skipped.map { .string($0) } ?? .null,
        ]
    }

    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string else { return nil }
        if let value = json["value"]?.double {
            self.init(name, value)
        } else {
            self.init(name, skipped: json["skipped"]?.string ?? "not measured")
        }
    }
}
