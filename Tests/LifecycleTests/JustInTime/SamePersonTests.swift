import AccessModel
import Definitions
import Lifecycle
import Persistence
import StrictJSON
import TestSupport
import Testing

/// One human with several ids, and an address that somebody left behind to somebody else.
@Suite struct SamePersonTests {
    private let admin = "payments/live/admin"

    /// `aaron` left, and nora has an address of his now. His id is lower than hers.
    private func inherited(_ body: (AccessBench) async throws -> Void) async throws {
        try await AccessBench.with { bench in
            try await bench.join("aaron", aliases: ["nora"], isChecked: false)
            bench.clock.advance(by: .minutes(1))
            try await bench.hear("left", "aaron")
            bench.clock.advance(by: .minutes(1))
            try await body(bench)
        }
    }

    @Test func whoInheritsAnAddressActsThemselves() async throws {
        try await inherited { bench in
            let nora = Sample.id("e-nora")
            let asked = try await bench.desk("javi").request(
                AccessDesk.Draft(group: "payments/live/contributor", reason: "INC-1"))
            #expect(asked.waitsFor.contains(nora) && !asked.waitsFor.contains(Sample.id("e-aaron")))
            try await expectRefused("may not decide") { try await bench.desk("aaron").deny(asked.id, reason: "no") }
            let approved = try await bench.desk("nora").approve(asked.id)
            #expect(approved.window?.approvedBy == [nora])
            let broken = try await bench.desk("lucia").breakGlass(admin, reason: "down", duration: nil)
            #expect(broken.activation?.informed.contains(nora) == true)
            #expect(broken.activation?.informed.contains(Sample.id("e-aaron")) == false)
        }
    }

    @Test func anOverdueReviewIsThatOfAllIds() async throws {
        try await AccessBench.with {
            $0.organization.platform.breakGlass?.people += ["twin", "other"].map { name in
                ListedPerson(
                    email: Sample.email(name),
                    place: AccessModel.SourceLocation(file: "platform.yaml", line: 2, column: 1))
            }
        } _: { bench in
            try await bench.join("twin", aliases: ["shared"])
            try await bench.join("other", aliases: ["shared"], isChecked: false)
            let first = try await bench.desk("twin").breakGlass(admin, reason: "down", duration: nil)
            bench.clock.advance(by: .hours(25))
            try await expectRefused(first.id) {
                try await bench.desk("other").breakGlass(admin, reason: "down", duration: nil)
            }
            _ = try await bench.desk("nora").review(first.id, outcome: .justified, note: "seen")
            _ = try await bench.desk("other").breakGlass(admin, reason: "down", duration: nil)
        }
    }

    /// The requester's second account is no approver: where nobody else of the tenant's is left, the platform's are asked.
    @Test func aSecondAccountTakesNoApproversPlace() async throws {
        try await AccessBench.with {
            $0.organization.tenants[0].admins = ["second", "twin"].map { name in
                ListedPerson(
                    email: Sample.email(name),
                    place: AccessModel.SourceLocation(file: "tenants/payments.yaml", line: 3, column: 1))
            }
        } _: { bench in
            try await bench.join("second", aliases: ["work"])
            try await bench.join("twin", aliases: ["work"], isChecked: false)
            let asked = try await bench.desk("second").request(AccessDesk.Draft(group: admin, reason: "INC-1"))
            #expect(asked.isPending && asked.waitsFor == ["e-javi", "e-marta"].map(Sample.id), "\(asked)")
        }
    }

    // MARK: Holds

    private func held(_ bench: AccessBench, by opener: String) async throws {
        try await bench.database.write { session in
            _ = try HoldStore(session).open(
                id: "hold-1", kind: "people-removals", at: bench.clock.now(), by: opener, body: [:])
        }
    }

    private func reject(_ name: String, _ bench: AccessBench) async throws -> String? {
        do {
            let desk = HoldDesk(context: bench.context("e-\(name)"), definitions: bench.definitions)
            _ = try await desk.reject("hold-1")
            return nil
        } catch let error as LifecycleError where error.code == .denied {
            return error.message
        }
    }

    @Test func aHoldIsDecidedBySomebodyElseWhoIsHere() async throws {
        try await inherited { bench in
            try await bench.join("other", aliases: ["javi"], isChecked: false)
            try await held(bench, by: "e-javi")
            #expect(try await reject("javi", bench)?.contains("second person") == true)
            #expect(try await reject("other", bench)?.contains("second person") == true)
            #expect(try await reject("aaron", bench)?.contains("not active") == true)
            #expect(try await reject("nora", bench) == nil)
        }
    }
}
