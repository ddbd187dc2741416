// BEAT inputs, two lanes, counts of BITS bits.
module popcount(
    input clock, enable,
    input [`BEAT-1:0] spikes,
    input [2*`BEAT-1:0] weights
);
    wire [`BITS-1:0] count_0, count_1;
    popcount_block dut(.clock(clock), .enable(enable), .spikes(spikes), .weights(weights),
                       .count$0(count_0), .count$1(count_1));

    function [`BITS-1:0] ones(input [`BEAT-1:0] word);
        integer i;
        begin
            ones = 0;
            for (i = 0; i < `BEAT; i = i + 1) ones = ones + word[i];
        end
    endfunction

    reg [`BITS-1:0] want_0, want_1;
    reg known = 0;
    always @(posedge clock) if (enable) begin
        known <= 1;
        want_0 <= ones(spikes & weights[0 +: `BEAT]);
        want_1 <= ones(spikes & weights[`BEAT +: `BEAT]);
    end
    always @* if (known) begin
        assert (count_0 == want_0);
        assert (count_1 == want_1);
    end
endmodule
