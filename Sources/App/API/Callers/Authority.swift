import AccessModel
import Lifecycle

/// What a caller may do.
struct Authority: Sendable {
    let caller: Caller
    private let book: AuthorityBook?

    /// - Parameter book: Nil before the first apply: then nobody has any role.
    init(_ caller: Caller, _ book: AuthorityBook?) {
        self.caller = caller
        self.book = book
    }

    var person: PersonID? {
        if case .person(let id, _) = caller { id } else { nil }
    }

    /// Somebody who has left has no say, whatever they hold a token for.
    var counts: Bool {
        switch caller {
        case .person(let id, _): book?.isActive(id) ?? false
        case .pipeline: true
        case .anonymous: false
        }
    }

    var isPlatformAdmin: Bool {
        switch caller {
        case .anonymous: false
        case .person(let id, _): book?.platformAdmins.contains(id) ?? false
        case .pipeline(let group, _): group.role == .operator && group.tenant.text == "platform"
        }
    }

    /// Sees everything; changes nothing by that.
    var isPlatformMember: Bool {
        if isPlatformAdmin { return true }
        guard let person else { return false }
        return book?.platformMembers.contains(person) ?? false
    }

    func isAdmin(of tenant: Slug) -> Bool {
        guard let person else { return isPlatformAdmin }
        return isPlatformAdmin || (book?.tenantsAdministered(by: person).contains(tenant) ?? false)
    }

    /// Whether they may see who is in a tenant's groups.
    func isMember(of tenant: Slug) -> Bool {
        if isPlatformMember { return true }
        switch caller {
        case .person(let id, _): return book?.tenants(of: id).contains(tenant) ?? false
        case .pipeline(let group, _): return group.tenant == tenant
        case .anonymous: return false
        }
    }

    /// Tenants that list them as an admin.
    var administered: [Slug] { person.flatMap { book?.tenantsAdministered(by: $0).sorted() } ?? [] }

    /// Tenants that list them, or that a pipeline is of.
    var tenants: [Slug] {
        switch caller {
        case .person(let id, _): book?.tenants(of: id).sorted() ?? []
        case .pipeline(let group, _): [group.tenant]
        case .anonymous: []
        }
    }

    /// Tenants in whose groups they may see who is; nil for all of them.
    var visibleTenants: Set<Slug>? { isPlatformMember ? nil : Set(tenants) }

    /// Whether they may see what somebody has: it is they, or they answer for a tenant that lists them.
    func maySee(_ other: PersonID) -> Bool {
        if person == other || isPlatformMember { return true }
        guard let person, let book else { return false }
        return !book.tenantsAdministered(by: person).isDisjoint(with: book.tenants(of: other))
    }

    /// Whether they may see a request, a window or broken glass.
    func maySee(_ ticket: AccessTicket) -> Bool {
        if isPlatformMember || person == ticket.person { return true }
        guard let person else { return false }
        let isAsked = ticket.waitsFor.contains(person) || ticket.agreements.contains { $0.approver == person }
        let wasInformed = ticket.activation?.informed.contains(person) ?? false
        return isAsked || wasInformed || ticket.group.map { isAdmin(of: $0.tenant) } ?? false
    }
}
