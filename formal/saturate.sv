// WORK, MEMBRANE: widths. LATE: whether the threshold is subtracted after a spike.
module saturate(
    input signed [`WORK-1:0] integrated, threshold,
    input fired
);
    wire signed [`MEMBRANE-1:0] membrane;
    saturate_step dut(.integrated(integrated), .threshold(threshold), .fired(fired), .membrane(membrane));

    localparam signed [`WORK:0] MOST = (1 <<< (`MEMBRANE - 1)) - 1, LEAST = -MOST - 1;
    wire signed [`WORK:0] sum = integrated - (`LATE && fired ? threshold : 0);
    // The width proof keeps the difference within the work width.
    always @* assume (sum == $signed(sum[`WORK-1:0]));
    always @* begin
        assert (sum <= MOST || membrane == MOST);
        assert (sum >= LEAST || membrane == LEAST);
        assert (sum > MOST || sum < LEAST || membrane == sum);
    end
endmodule
