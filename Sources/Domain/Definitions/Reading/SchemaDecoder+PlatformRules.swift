import AccessModel
import Foundation

extension SchemaDecoder {
    mutating func naming(_ node: Int) -> Naming {
        var naming = Naming()
        guard let fields = fields(node, Shape(name: "`naming`", optional: ["group", "cross_tier_readers"])) else {
            return naming
        }
        naming.crossTierReaders = fields["cross_tier_readers"].flatMap { bool($0, "cross_tier_readers") } ?? false
        if let node = fields["group"],
            let template = text(node, "group", "a template such as `{tenant}-{tier}-{roles}`")
        {
            if let problem = NamingTemplate.problem(of: template) {
                error("bad-template", node, problem)
            } else {
                naming.template = template
            }
        }
        return naming
    }

    mutating func guards(_ node: Int) -> Guards {
        var guards = Guards()
        let shape = Shape(
            name: "`guards`", optional: ["max_removals_percent", "max_removals_people", "max_leavers_per_hour"])
        guard let fields = fields(node, shape) else { return guards }
        if let node = fields["max_removals_percent"], let value = number(node, "max_removals_percent") {
            if !(0...100).contains(value) {
                error("out-of-range", node, "`max_removals_percent` must be from 0 to 100")
            }
            guards.maximumRemovalsPercent = value
        }
        if let node = fields["max_removals_people"] {
            guards.maximumRemovalsPeople = integer(node, "max_removals_people", 0...1_000_000) ?? 0
        }
        if let node = fields["max_leavers_per_hour"] {
            guards.maximumLeaversPerHour = integer(node, "max_leavers_per_hour", 1...1_000_000) ?? 1
        }
        return guards
    }

    mutating func mover(_ node: Int) -> MoverRule {
        var rule = MoverRule()
        guard let fields = fields(node, Shape(name: "`mover`", optional: ["grace", "fresh"])) else { return rule }
        rule.grace = fields["grace"].flatMap { span($0, "grace") } ?? rule.grace
        rule.fresh = fields["fresh"].flatMap { span($0, "fresh") } ?? rule.fresh
        return rule
    }

    mutating func breakGlass(_ node: Int) -> BreakGlassRule? {
        let shape = Shape(
            name: "`break_glass`", required: ["people"],
            optional: ["max_duration_hours", "review_within", "sealed"])
        guard let fields = fields(node, shape) else { return nil }
        var people: [ListedPerson] = []
        if let node = fields["people"] {
            people = self.people(node, "people")
            refuseRepeated(people, of: "people")
        }
        var duration = Span.hours(1)
        if let node = fields["max_duration_hours"], let given = hours(node, "max_duration_hours") {
            checkCeiling(given, node, scope.maximumWindow)
            duration = given
        }
        var review = Span.hours(24)
        if let node = fields["review_within"], let given = span(node, "review_within") {
            if given == .zero { error("out-of-range", node, "`review_within` must be longer than nothing") }
            review = given
        }
        var rule = BreakGlassRule(people: people, maximumDuration: duration, reviewWithin: review)
        rule.sealed = fields["sealed"].flatMap { sealedBreakGlass($0) }
        return rule
    }

    mutating func timezone(_ node: Int) -> String? {
        guard let name = text(node, "timezone", "an IANA name such as `Europe/Madrid`") else { return nil }
        if name == "UTC" { return name }
        let isName = name.utf8.allSatisfy { $0.isLetter || $0.isDigit || "/_+-".utf8.contains($0) }
        if isName, name.utf8.contains(UInt8(ascii: "/")) || TimeZone.knownTimeZoneIdentifiers.contains(name),
            TimeZone(identifier: name) != nil
        {
            return name
        }
        error(
            "bad-timezone", node, "`timezone` must be an IANA name such as `Europe/Madrid` or `UTC`, not \(name.quoted)"
        )
        return nil
    }

    mutating func retention(_ node: Int) -> Span? {
        guard let fields = fields(node, Shape(name: "`retention`", optional: ["disabled_accounts"])) else { return nil }
        return fields["disabled_accounts"].flatMap { span($0, "disabled_accounts") }
    }
}
