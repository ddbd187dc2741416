// A byte comes in, the word of a table at its place plus a count kept for that byte goes out:
// a serial port, a memory with initial contents and one that is written, 12 cycles a bit.
module spikeforge_top (
    input clock,
    input uart_rx,
    output uart_tx,
    output led
);
    localparam [3:0] LAST = 4'd11, MIDDLE = 4'd5;

    // Receiver
    reg [1:0] line = 2'b11;
    reg [3:0] rx_cycle = 4'd0, rx_bit = 4'd0;
    reg [7:0] rx_byte = 8'd0;
    reg receiving = 1'b0, received = 1'b0;
    always @(posedge clock) begin
        line <= {line[0], uart_rx};
        received <= 1'b0;
        if (!receiving) begin
            receiving <= ~line[1];
            rx_cycle <= 4'd0;
            rx_bit <= 4'd0;
        end else begin
            rx_cycle <= rx_cycle == LAST ? 4'd0 : rx_cycle + 4'd1;
            if (rx_cycle == MIDDLE) begin
                if (rx_bit != 4'd9) rx_byte <= {line[1], rx_byte[7:1]};
                rx_bit <= rx_bit + 4'd1;
                received <= rx_bit == 4'd9;
                receiving <= rx_bit != 4'd9;
            end
        end
    end

    // Table (initial contents) and counts (zero at the start, then written)
    reg [7:0] table_memory [0:255];
    reg [7:0] count_memory [0:255];
    integer i;
    initial begin
        $readmemh("table.hex", table_memory);
        for (i = 0; i < 256; i = i + 1) count_memory[i] = 8'd0;
    end
    reg [7:0] entry = 8'd0, count = 8'd0;
    reg read_done = 1'b0, answer = 1'b0;
    wire [7:0] count_next = count + 8'd1;
    always @(posedge clock) begin
        read_done <= received;
        answer <= read_done;
        entry <= table_memory[rx_byte];
        count <= count_memory[rx_byte];
        if (read_done) count_memory[rx_byte] <= count_next;
    end

    // Transmitter
    reg [9:0] tx_shift = 10'h3ff;
    reg [3:0] tx_cycle = 4'd0;
    always @(posedge clock) begin
        tx_cycle <= answer || tx_cycle == LAST ? 4'd0 : tx_cycle + 4'd1;
        if (answer) tx_shift <= {1'b1, entry + count, 1'b0};
        else if (tx_cycle == LAST) tx_shift <= {1'b1, tx_shift[9:1]};
    end
    assign uart_tx = tx_shift[0];
    assign led = receiving;
endmodule
