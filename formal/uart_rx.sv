// Stands inside the receiver, at a line that keeps the format, with any pause between bytes, and a taker that is always
// there.
wire starts = $anyseq;
wire [7:0] sends = $anyseq;
reg [9:0] sent = 10'h3ff;
reg sending = 0;
// Cycles since the start bit began.
reg [11:0] at = 0;
localparam LAST = 10 * `DIVISOR - 1;
// It samples each bit half a bit after it begins, and shows the byte in the cycle after the stop bit's sample.
localparam FIRST_SAMPLE = `DIVISOR / 2, LAST_SAMPLE = FIRST_SAMPLE + 9 * `DIVISOR;
always @(posedge clock) begin
    at <= sending && at < LAST ? at + 1 : 0;
    if (at == LAST) sending <= 0;
    if (starts && (!sending || at == LAST)) begin
        sent <= {1'b1, sends, 1'b0};
        sending <= 1;
        at <= 0;
    end
end
// Samples that were taken before this cycle.
wire [3:0] samples = at <= FIRST_SAMPLE ? 0 : (at - FIRST_SAMPLE - 1) / `DIVISOR + 1;
wire listens = sending && at > 0 && at <= LAST_SAMPLE;
wire [17:0] taken = {sent, 8'b0} >> samples;
wire [7:0] known = samples >= 8 ? 8'hff : ~(8'hff >> samples);
always @* begin
    assume (line == (!sending || sent[at / `DIVISOR]));
    assume (byte_ready);
end
always @* begin
    assert (byte_valid == (sending && at == LAST_SAMPLE + 1));
    assert (!byte_valid || byte_out == sent[8:1]);
    assert (!lost);
    // Where the registers are, without which the induction knows nothing of them.
    assert (at <= LAST && (sending || at == 0));
    assert (sent[9] && (!sending || !sent[0]));
    assert (busy$q == listens);
    assert (!listens || bits_left$q == 9 - samples);
    assert (!listens || countdown$q == FIRST_SAMPLE + samples * `DIVISOR - at);
    assert (!listens || ((gathered$q ^ taken[7:0]) & known) == 0);
end
