import AccessModel
import Testing

@testable import WorkflowEngine

@Suite("The schedule of lanes")
struct LaneScheduleTests {
    private func lane(_ lane: Change.Lane) throws -> TargetLane {
        TargetLane(target: try #require(Slug("corp")), lane: lane)
    }

    @Test("a lane that looked while another one worked looks again")
    func overtaken() throws {
        let (revoke, grant) = (try lane(.revoke), try lane(.grant))
        var lanes = LaneSchedule(ready: [])
        lanes.active = [revoke, grant]
        // What the grant did lets a revocation go, but the revoking lane had looked just before.
        lanes.goOn(grant)
        lanes.rest(revoke, until: nil)
        #expect(lanes.ready == [grant, revoke])
        #expect(lanes.idle.isEmpty)
    }

    @Test("a lane that found nothing rests until something was done")
    func resting() throws {
        let (revoke, grant) = (try lane(.revoke), try lane(.grant))
        var lanes = LaneSchedule(ready: [])
        lanes.active = [revoke, grant]
        lanes.rest(revoke, until: nil)
        #expect(lanes.ready.isEmpty && lanes.idle.keys.contains(revoke))
        lanes.goOn(grant)
        #expect(lanes.ready == [grant, revoke])
        // It is woken once, not for ever.
        lanes.ready = []
        lanes.active = [revoke, grant]
        lanes.rest(grant, until: nil)
        lanes.rest(revoke, until: nil)
        #expect(lanes.ready.isEmpty)
    }

    @Test("what was opened meanwhile is looked for by every lane")
    func opened() throws {
        let (revoke, grant) = (try lane(.revoke), try lane(.grant))
        var lanes = LaneSchedule(ready: [])
        lanes.active = [revoke, grant]
        lanes.rest(grant, until: nil)
        lanes.lookAgain()
        // The one that rested is woken, the other one may have looked too early.
        #expect(lanes.ready == [grant] && lanes.idle.isEmpty)
        lanes.rest(revoke, until: nil)
        #expect(lanes.ready == [grant, revoke])
    }
}
