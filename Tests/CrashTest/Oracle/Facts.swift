/// The plain facts of the example at one moment, and what follows from them by the few rules of the example.
///
/// It is written from the example's files, not from the planner: two who agree by sharing code prove nothing.
struct Facts: Sendable {
    struct Person: Sendable {
        var department: String
        var isPresent = true
    }

    var people: [String: Person]
    /// Everybody whom a tenant's file lists, in whichever list.
    var tenants: [String: Set<String>]

    /// Before any story.
    static let beginning = Facts(
        people: Dictionary(
            uniqueKeysWithValues: ["e-0001", "e-0002", "e-0003", "e-0004", "c-0001"].map {
                ($0, Person(department: "Engineering"))
            }),
        tenants: ["payments": ["e-0001", "e-0002", "e-0003", "c-0001"]])

    private static let tier = "live"
    private static let mailingLists = ["everyone", "engineering", "data"]
    private static let roles = [
        "admin": "admins", "contributor": "contributors", "operator": "operator", "reader": "readers",
    ]

    /// What a target has to hold.
    func expected(withRoles: Bool) -> Holdings {
        var holdings = Holdings()
        holdings.groups = Self.mailingLists
        for (id, person) in people {
            holdings.accounts.append("\(id) \(person.isPresent ? "active" : "disabled")")
            guard person.isPresent else { continue }
            holdings.memberships += ["everyone \(id)", "\(person.department.lowercased()) \(id)"]
        }
        var roles: [String] = []
        for (tenant, listed) in tenants {
            for (role, plural) in Self.roles {
                let group = "\(tenant)-\(Self.tier)-\(plural)"
                holdings.groups.append(group)
                roles.append("\(group) \(role)")
            }
            // In a live tier only reading is standing, for everyone on a list.
            for id in listed where people[id]?.isPresent == true {
                holdings.memberships.append("\(tenant)-\(Self.tier)-readers \(id)")
            }
        }
        holdings.roles = withRoles ? roles : nil
        return holdings
    }
}
