import AccessModel
import Definitions
import Lifecycle
import Persistence
import TestSupport
import Testing

/// What people and the definitions say together, without any target.
@Suite struct BaselineGroupTests {
    private static let joined = """
        {"specversion": "1.0", "id": "1", "source": "hr", "type": "io.tenure.identity.joined",
         "time": "2026-11-01T09:00:00Z", "subject": "e-ana",
         "data": {"person": {"email": "ana@mountainlab.io", "given_name": "Ana", "family_name": "Ruiz",
                             "type": "employee", "start_date": "2026-11-01"}}}
        """

    private func withPeople(
        _ body: (LifecycleContext, PeopleDesk, OrganizationBuilder) async throws -> Void
    ) async throws {
        try await withTemporaryDatabase { database in
            var builder = OrganizationBuilder()
            builder.tenant("payments", readers: ["ana"])
            builder.rule("everyone", accounts: ["corp"], groups: ["everyone"])
            let context = LifecycleContext(database: database, actor: "local:eva", now: Sample.now) { "id" }
            let desk = PeopleDesk(
                context: context, definitions: DefinitionSet(organization: builder.organization, files: []),
                tenants: [Sample.slug("payments")]
            ) { bytes in "\(bytes.count)" }
            _ = try await desk.accept(Array(Self.joined.utf8))
            try await body(context, desk, builder)
        }
    }

    @Test func whoKnowsGroupsThatBirthrightGives() async throws {
        try await withPeople { context, _, builder in
            let history = AccessHistory(
                context: context, definitions: DefinitionSet(organization: builder.organization, files: []),
                abilities: [Sample.slug("corp"): Sample.directory], at: Sample.now)
            let holders = try await history.who("everyone")
            #expect(holders.members.map(\.identity.description) == ["e-ana"])
            #expect(holders.members.first?.isDesired == true)
            #expect(holders.members.first?.email == "ana@mountainlab.io")
            #expect(holders.members.first?.causes.count == 1)
            await #expect(throws: LifecycleError.self) { _ = try await history.who("nobody") }
        }
    }

    @Test func aPersonIsConfirmedOnlyInATenantThatThereIs() async throws {
        try await withPeople { _, desk, _ in
            let confirmed = try await desk.confirm("ana@mountainlab.io", tenant: "payments")
            #expect(confirmed == Sample.id("e-ana"))
            await #expect(throws: LifecycleError.self) { _ = try await desk.confirm("e-ana", tenant: "paymints") }
        }
    }
}
