import AccessModel
import Answers
import ControlPlane
import Lifecycle
import StrictJSON
import WebServer

extension TenureAPI {
    static let answerOperations = [
        Operation(
            id: "listGroups", method: .get, pattern: "/api/v1/groups", tag: "groups",
            summary: "Groups of the tenants that you may see.", access: .signedIn, query: Page.parameters,
            answers: [.ok(Page.schema("Group"), "a page")]
        ) { call in
            let page = try Page(call)
            let organization = try await call.organization()
            let groups = organization.groups.filter { call.authority.isMember(of: $0.tenant) }
            return .json(
                page.json(groups, key: \.path) { group in
                    [
                        "path": .string(group.path), "notation": .string(group.description),
                        "slug": .string(organization.slug(of: group)),
                    ]
                })
        },
        Operation(
            id: "listHolders", method: .get, pattern: "/api/v1/groups/{group}/members", tag: "groups",
            summary:
                "Who is in a group, now or at a time, and why. The group is its slug, tenant/tier/role or Group(...).",
            access: .signedIn,
            query: [Operation.Parameter(name: "at", schema: .formatted(.dateTime), summary: "at this time")],
            answers: [.printed(.named("Holders"), "its members")]
        ) { call in
            let text = try call.parameter("group")
            let groups = GroupPattern(text).groups(in: try await call.organization())
            // What no definition names (a birthright group, one of the past) is for those who see everything.
            let mayAsk =
                call.authority.isPlatformMember
                || (!groups.isEmpty && groups.allSatisfy { call.authority.isMember(of: $0.tenant) })
            guard mayAsk else { throw LifecycleError.noGroup(text) }
            return call.answer(.holders(try await call.installation.history(at: try call.time("at")).who(text)))
        },
        Operation(
            id: "listTargets", method: .get, pattern: "/api/v1/targets", tag: "targets",
            summary: "The connected systems.", access: .platformMember, query: Page.parameters,
            answers: [.ok(Page.schema("Target"), "a page")]
        ) { call in
            let page = try Page(call)
            let targets = try await call.organization().targets.map(TargetSummary.init)
            return .json(page.json(targets, key: \.name, \.json))
        },
        Operation(
            id: "checkTargets", method: .post, pattern: "/api/v1/targets/check", tag: "targets",
            summary: "Reach every target with its credential, changing nothing.", access: .platformAdmin,
            answers: [.ok(.array(.named("Anything")), "each target, and whether it answers")]
        ) { call in .json(.array(try await call.installation.checkTargets().map(\.json))) },
        Operation(
            id: "showOrganization", method: .get, pattern: "/api/v1/organization", tag: "organization",
            summary: "The definitions in force: their revision, tenants and sectors.", access: .signedIn,
            answers: [.ok(.named("Anything"), "the organisation")]
        ) { call in
            let organization = try await call.organization()
            let tenants = organization.tenants.map(\.name).filter(call.authority.isMember)
            return .json([
                "name": .string(organization.platform.organization.text), "revision": .string(organization.revision),
                "tenants": .array(tenants.map { .string($0.text) }),
                "sectors": .array(organization.platform.sectors.map { .string($0.name.text) }),
                "tiers": .array(organization.platform.tiers.map { .string($0.name.text) }),
            ])
        },
        Operation(
            id: "reportServiceLevels", method: .get, pattern: "/api/v1/reports/slis", tag: "reports",
            summary: "The numbers that Tenure watches about itself, from the log alone.", access: .platformMember,
            query: [
                Operation.Parameter(
                    name: "from", schema: .formatted(.dateTime), summary: "the beginning of the log if left out"),
                Operation.Parameter(name: "to", schema: .formatted(.dateTime), summary: "now if left out"),
            ], answers: [.printed(.named("Anything"), "M1 to M10")]
        ) { call in
            let report = try await call.installation.serviceLevels(
                from: try call.time("from"), to: try call.time("to"))
            return call.answer(.serviceLevels(report))
        },
    ]
}
