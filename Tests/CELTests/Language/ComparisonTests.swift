import CEL
import Testing

@Suite struct ComparisonTests {
    @Test(arguments: equality + ordering + membership) func valuesCompare(_ one: Case) { one.check() }

    static let equality = [Case](
        lines: #"""
            1 == 1 => true
            1 == 2 => false
            1 != 2 => true
            1 == 1u => true
            1u == 1 => true
            1 == 1.0 => true
            1.0 == 1u => true
            -1 == 18446744073709551615u => false
            1 == 1.5 => false
            9007199254740993 == 9007199254740992.0 => false
            9007199254740992 == 9007199254740992.0 => true
            9223372036854775807 == 9223372036854775808.0 => false
            -9223372036854775808 == -9223372036854775808.0 => true
            18446744073709551615u == 18446744073709551616.0 => false
            0.0 / 0.0 == 0.0 / 0.0 => false
            0.0 / 0.0 != 0.0 / 0.0 => true
            1 == 0.0 / 0.0 => false
            1.0 / 0.0 == 1.0 / 0.0 => true
            1 == "1" => false
            1 != "1" => true
            "a" == "a" => true
            "a" == "A" => false
            "é" == "e\u0301" => false
            "a" == b"a" => false
            b"a" == b"a" => true
            b"a" == b"b" => false
            true == true => true
            true == false => false
            true == 1 => false
            null == null => true
            null == 0 => false
            null == false => false
            "a" == null => false
            [] == [] => true
            [1, 2] == [1, 2] => true
            [1, 2] == [2, 1] => false
            [1] == [1, 2] => false
            [1] == [1.0] => true
            [1] == [1u] => true
            [1, "a"] == [1, "a"] => true
            [0.0 / 0.0] == [0.0 / 0.0] => false
            [[1]] == [[1]] => true
            [1] == {} => false
            {} == {} => true
            {"a": 1} == {"a": 1} => true
            {"a": 1} == {"a": 2} => false
            {"a": 1} == {"b": 1} => false
            {"a": 1, "b": 2} == {"b": 2, "a": 1} => true
            {1: "a"} == {1u: "a"} => true
            {"a": 1} == {"a": 1.0} => true
            {"a": [1]} == {"a": [1]} => true
            {"a": 1} != {"a": 1, "b": 2} => true
            type(1) == int => true
            type(1) == uint => false
            type(1) == type(2) => true
            int == int => true
            duration("60s") == duration("1m") => true
            timestamp("2024-01-01T01:00:00+01:00") == timestamp("2024-01-01T00:00:00Z") => true
            timestamp(0) == duration("0s") => false
            1 == 1 == true => true
            1 == 2 == false => true
            """#)

    static let ordering = [Case](
        lines: #"""
            1 < 2 => true
            2 < 1 => false
            1 <= 1 => true
            2 > 1 => true
            1 >= 2 => false
            1 < 1u => false
            -1 < 0u => true
            0u > -1 => true
            1 < 1.5 => true
            2u > 1.5 => true
            1.5 >= 1u => true
            9007199254740993 > 9007199254740992.0 => false
            9007199254740992.0 <= 9007199254740993 => true
            9007199254740995 > 9007199254740992.0 => true
            9223372036854775807 < 9223372036854775808.0 => false
            9223372036854775807 >= 9223372036854775808.0 => true
            9223372036854775807 < 9223372036854777856.0 => true
            18446744073709551615u < 18446744073709551616.0 => false
            -9223372036854775808 >= -9223372036854775808.0 => true
            -9223372036854775808 > -9223372036854777856.0 => true
            1 < 1.0 / 0.0 => true
            1u > -1.0 / 0.0 => true
            0.0 / 0.0 < 1.0 => false
            0.0 / 0.0 >= 1.0 => false
            1 < 0.0 / 0.0 => false
            1u >= 0.0 / 0.0 => false
            -0.0 < 0.0 => false
            -1.5 < -1 => true
            -1.5 > -2 => true
            "a" < "b" => true
            "a" < "aa" => true
            "Z" < "a" => true
            "é" > "z" => true
            "\uFFFF" < "\U00010000" => true
            "" < "a" => true
            b"a" < b"b" => true
            b"\x7f" < b"\x80" => true
            b"" <= b"" => true
            false < true => true
            true <= false => false
            true >= true => true
            duration("1s") < duration("2s") => true
            duration("-1s") < duration("0s") => true
            timestamp(1) > timestamp(0) => true
            timestamp("2024-01-01T00:00:00.000000001Z") > timestamp("2024-01-01T00:00:00Z") => true
            "a" < 1 => !no_such_overload
            null < null => !no_such_overload
            [1] < [2] => !no_such_overload
            {} < {} => !no_such_overload
            int < uint => !no_such_overload
            b"a" < "a" => !no_such_overload
            timestamp(0) < duration("1s") => !no_such_overload
            true < 1 => !no_such_overload
            """#)

    static let membership = [Case](
        lines: #"""
            1 in [1, 2] => true
            3 in [1, 2] => false
            1u in [1, 2] => true
            1.0 in [1, 2] => true
            1.5 in [1, 2] => false
            "a" in ["a"] => true
            "a" in [1, "a"] => true
            "a" in [] => false
            1 in ["1"] => false
            null in [null] => true
            [1] in [[1]] => true
            [1] in [[1.0], [2]] => true
            {"a": 1} in [{"a": 1}] => true
            0.0 / 0.0 in [0.0 / 0.0] => false
            "j" in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] => true
            "k" in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] => false
            3u in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] => true
            b"a" in [b"a"] => true
            b"a" in ["a"] => false
            true in [true, "x"] => true
            "a" in {"a": 1} => true
            "b" in {"a": 1} => false
            1 in {1u: 2} => true
            1.0 in {1: 2} => true
            1.5 in {1: 2} => false
            null in {1: 2} => false
            true in {true: 1} => true
            1 in 1 => !no_such_overload
            "a" in "abc" => !no_such_overload
            1 in null => !no_such_overload
            !(1 in [1]) => false
            1 in [1] && true => true
            """#)
}
