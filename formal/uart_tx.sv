// Stands inside the transmitter. The line after a byte was taken: start bit, eight bits, stop bit, each for DIVISOR
// cycles.
reg [9:0] sent = 10'h3ff;
reg sending = 0;
reg [3:0] bit_at = 0;
reg [7:0] cycle = 0;
always @(posedge clock) begin
    if (sending) begin
        cycle <= cycle == `DIVISOR - 1 ? 0 : cycle + 1;
        if (cycle == `DIVISOR - 1) begin
            bit_at <= bit_at == 9 ? 0 : bit_at + 1;
            if (bit_at == 9) sending <= 0;
        end
    end
    // The last cycle of the stop bit is idle already, so bytes follow each other without a gap.
    if (byte_valid && byte_ready) begin
        sent <= {1'b1, byte_in, 1'b0};
        sending <= 1;
        bit_at <= 0;
        cycle <= 0;
    end
end
wire [17:0] rest = {8'hff, sent} >> bit_at;
always @* begin
    assert (line == (!sending || sent[bit_at]));
    assert (byte_ready == (!sending || (bit_at == 9 && cycle == `DIVISOR - 1)));
    assert (bit_at <= 9 && cycle < `DIVISOR);
    // Where the registers are, without which the induction knows nothing of them.
    assert (sending || (bit_at == 0 && cycle == 0));
    assert (bits_left$q == (sending ? 9 - bit_at : 0));
    assert (countdown$q == (sending ? `DIVISOR - 1 - cycle : 0));
    assert (frame$q == (sending ? rest[8:0] : 9'h1ff));
    assert (sent[9] && (!sending || !sent[0]));
end
