extension Workload {
    /// Every workload, in the order of the report. A new one is a file beside this one and a line here.
    static let all: [Workload] = [
        .coldPlan,
        .changedFile,
        .oneLeaver,
        .memory,
        .growth,
        .durableLeaver,
        .stepWorkflows,
        .auditAppend,
        .inclusionProof,
        .slapdReconcile,
        .restart,
        .policyDecision,
        .endingWindows,
        .limitedTarget,
        .scimRequests,
        .scimFilter,
        .apiReads,
        .hrIntake,
    ]
}
