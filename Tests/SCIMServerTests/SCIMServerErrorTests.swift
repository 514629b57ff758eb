import Testing

@testable import SCIMServer

@Suite struct ErrorTests {}
